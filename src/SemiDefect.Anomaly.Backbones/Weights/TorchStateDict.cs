namespace SemiDefect.Anomaly.Backbones.Weights;

/// <summary>Finds the tensors in the pickle of a .pth file. Stateless.</summary>
internal static class TorchStateDict
{
    /// <summary>The keys under which training scripts store the weights in a checkpoint, most common first.</summary>
    private static readonly string[] Wrappers = ["state_dict", "model_state_dict", "model", "params"];

    /// <summary>Checks each tensor against the location of its storage.</summary>
    /// <param name="root">The object that was pickled.</param>
    /// <param name="source">The file.</param>
    /// <param name="storageOffsets">The offset of each storage in the file, by key.</param>
    /// <exception cref="WeightsFormatException">There are no tensors, or one lies outside the file.</exception>
    public static Dictionary<string, WeightTensor> Resolve(
        object? root,
        WeightsSource source,
        IReadOnlyDictionary<string, long> storageOffsets)
    {
        Dictionary<string, object?> dictionary = Find(root)
            ?? throw source.Refuse("it holds no state dict, which is a dictionary of named tensors");
        var tensors = new Dictionary<string, WeightTensor>(StringComparer.Ordinal);
        foreach ((string name, object? value) in dictionary)
        {
            if (value is TorchTensor tensor)
            {
                TorchStorage storage = tensor.Storage;
                tensors[name] = WeightTensor.Create(
                    name,
                    source,
                    storage.Type,
                    storageOffsets[storage.Key],
                    storage.Count,
                    tensor.Offset,
                    tensor.Shape,
                    tensor.Strides);
            }
        }

        return tensors;
    }

    private static Dictionary<string, object?>? Find(object? root)
    {
        if (root is not Dictionary<string, object?> dictionary || dictionary.Values.Any(value => value is TorchTensor))
        {
            return root as Dictionary<string, object?>;
        }

        return Wrappers
            .Select(name => dictionary.GetValueOrDefault(name) as Dictionary<string, object?>)
            .FirstOrDefault(inner => inner is not null && inner.Values.Any(value => value is TorchTensor));
    }
}
