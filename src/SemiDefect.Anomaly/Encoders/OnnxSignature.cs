using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace SemiDefect.Anomaly.Encoders;

/// <summary>Checks that a network has suitable inputs and outputs.</summary>
internal static class OnnxSignature
{
    public static string FindImageInput(
        InferenceSession session,
        BackboneFile file,
        out int? batch,
        out int? height,
        out int? width)
    {
        IReadOnlyDictionary<string, NodeMetadata> inputs = session.InputMetadata;
        if (inputs.Count != 1)
        {
            throw new BackboneException(
                $"The backbone '{file.Name}' has {inputs.Count} inputs "
                    + $"({string.Join(", ", inputs.Keys.Order(StringComparer.Ordinal))}); a network with one image "
                    + "input is needed.");
        }

        (string name, NodeMetadata input) = inputs.First();
        int[] shape = input.IsTensor ? input.Dimensions : [];
        if (input.ElementDataType != TensorElementType.Float || shape.Length != 4)
        {
            throw new BackboneException(
                $"The input '{name}' of '{file.Name}' is {Describe(input)}; float32 [n, 3, height, width] is needed.");
        }

        if (shape[1] > 0 && shape[1] != 3)
        {
            string hint = shape[3] == 3 ? " It looks like channels-last: export it as channels-first." : string.Empty;
            throw new BackboneException(
                $"The input '{name}' of '{file.Name}' takes {shape[1]} channels; 3 (red, green, blue) are "
                    + $"needed.{hint}");
        }

        if (file.Manifest?.Input.Name is { } expected && !string.Equals(expected, name, StringComparison.Ordinal))
        {
            throw new BackboneException(
                $"The manifest of '{file.Name}' names the input '{expected}', but the network calls it '{name}'.");
        }

        batch = shape[0] > 0 ? shape[0] : null;
        height = shape[2] > 0 ? shape[2] : null;
        width = shape[3] > 0 ? shape[3] : null;
        return name;
    }

    public static string[] ChooseTaps(InferenceSession session, BackboneFile file, IReadOnlyList<string> requested)
    {
        string[] taps = requested.Count > 0 ? [.. requested] : [.. file.Manifest?.DefaultTaps ?? session.OutputNames];
        string outputs = string.Join(", ", session.OutputNames);
        foreach (string tap in taps)
        {
            if (!session.OutputMetadata.TryGetValue(tap, out NodeMetadata? output))
            {
                throw new BackboneException($"The backbone '{file.Name}' has no tap '{tap}': it has {outputs}.");
            }

            if (output.ElementDataType != TensorElementType.Float || output.Dimensions.Length != 4)
            {
                throw new BackboneException(
                    $"The tap '{tap}' of '{file.Name}' is {Describe(output)}; a float32 feature map [n, channels, "
                        + $"height, width] is needed. The outputs are {outputs}.");
            }
        }

        if (taps.Length == 0 || taps.Distinct(StringComparer.Ordinal).Count() != taps.Length)
        {
            throw new BackboneException($"Name each tap of '{file.Name}' once, at least one: it has {outputs}.");
        }

        return taps;
    }

    private static string Describe(NodeMetadata node) =>
        node.IsTensor
            ? $"{node.ElementDataType} "
                + $"[{string.Join(", ", node.Dimensions.Select(size => size > 0 ? $"{size}" : "any"))}]"
            : "no tensor";
}
