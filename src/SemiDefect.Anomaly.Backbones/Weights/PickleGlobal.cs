using System.Collections.Frozen;

namespace SemiDefect.Anomaly.Backbones.Weights;

/// <summary>
/// A class or function that a pickle refers to by name. The name is never resolved to executable code:
/// <see cref="PickleReader"/> itself does what it stands for. Immutable and thread-safe.
/// </summary>
/// <param name="Name">MODULE.NAME.</param>
internal sealed record PickleGlobal(string Name)
{
    public const string OrderedDictionary = "collections.OrderedDict";
    public const string RebuildTensor = "torch._utils._rebuild_tensor";
    public const string RebuildTensor2 = "torch._utils._rebuild_tensor_v2";
    public const string RebuildParameter = "torch._utils._rebuild_parameter";
    public const string Size = "torch.Size";

    private static readonly FrozenSet<string> Callables =
        FrozenSet.Create(
            StringComparer.Ordinal, OrderedDictionary, RebuildTensor, RebuildTensor2, RebuildParameter, Size);

    private static readonly FrozenDictionary<string, ElementType> Storages = new Dictionary<string, ElementType>
    {
        ["torch.FloatStorage"] = ElementType.Float32,
        ["torch.HalfStorage"] = ElementType.Float16,
        ["torch.BFloat16Storage"] = ElementType.BFloat16,
        ["torch.DoubleStorage"] = ElementType.Float64,
        ["torch.LongStorage"] = ElementType.Int64,
        ["torch.IntStorage"] = ElementType.Int32,
        ["torch.ShortStorage"] = ElementType.Int16,
        ["torch.CharStorage"] = ElementType.Int8,
        ["torch.ByteStorage"] = ElementType.UInt8,
        ["torch.BoolStorage"] = ElementType.Boolean,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Whether it is allowed in a state dict.</summary>
    public bool IsKnown => Callables.Contains(Name) || Storages.ContainsKey(Name);

    /// <summary>The element type of a storage class, or null for anything else.</summary>
    public ElementType? Storage => Storages.TryGetValue(Name, out ElementType type) ? type : null;
}
