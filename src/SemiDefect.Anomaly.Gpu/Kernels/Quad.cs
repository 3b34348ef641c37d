namespace SemiDefect.Anomaly.Gpu.Kernels;

/// <summary>Four float32 values that are loaded and stored as one: 16 bytes, the widest access of a thread.</summary>
internal struct Quad
{
    /// <summary>The first value.</summary>
    public float X;

    /// <summary>The second value.</summary>
    public float Y;

    /// <summary>The third value.</summary>
    public float Z;

    /// <summary>The fourth value.</summary>
    public float W;

    public Quad(float x, float y, float z, float w)
    {
        X = x;
        Y = y;
        Z = z;
        W = w;
    }

    /// <summary>this + factor x values, elementwise; fused where the device supports it.</summary>
    public readonly Quad Plus(float factor, Quad values) =>
        new(X + factor * values.X, Y + factor * values.Y, Z + factor * values.Z, W + factor * values.W);
}
