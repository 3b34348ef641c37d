namespace SemiDefect.Anomaly.Evaluation.Samples;

/// <summary>The appearance of a surface. Immutable and thread-safe.</summary>
/// <param name="Red">0 to 255 under even light.</param>
/// <param name="Green">0 to 255 under even light.</param>
/// <param name="Blue">0 to 255 under even light.</param>
/// <param name="Height">Its height; slopes reflect the light.</param>
/// <param name="Grain">The strength of its fine texture, relative to its brightness.</param>
internal readonly record struct Material(double Red, double Green, double Blue, double Height, double Grain)
{
    public static Material Gray(double level, double height, double grain) => new(level, level, level, height, grain);

    public Material Brighter(double factor) =>
        this with { Red = Red * factor, Green = Green * factor, Blue = Blue * factor };

    public Material Toward(Material other, double share) => new(
        Red + share * (other.Red - Red),
        Green + share * (other.Green - Green),
        Blue + share * (other.Blue - Blue),
        Height + share * (other.Height - Height),
        Grain + share * (other.Grain - Grain));
}
