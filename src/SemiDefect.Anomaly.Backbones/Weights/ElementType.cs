namespace SemiDefect.Anomaly.Backbones.Weights;

/// <summary>How the values of a tensor are stored, little-endian.</summary>
internal enum ElementType
{
    Float32,
    Float16,
    BFloat16,
    Float64,
    Int64,
    Int32,
    Int16,
    Int8,
    UInt8,
    Boolean,
}
