using SemiDefect.Anomaly.Imaging;

namespace SemiDefect.Anomaly.Tuning;

/// <summary>
/// Plants defects in good images, which a fit then scores out of fold (<see cref="FitOptions.Planter"/>).
/// Implementations are deterministic and thread-safe.
/// </summary>
public interface IDefectPlanter
{
    /// <summary>Which good images to plant in, ascending; each once.</summary>
    /// <param name="count">The number of good images.</param>
    IReadOnlyList<int> Choose(int count);

    /// <summary>
    /// Plants defects in one of these images, one at a time: for each, a picture of its own. Called once per network
    /// and working size, with the same result each time.
    /// </summary>
    /// <param name="index">The position of the image.</param>
    /// <param name="count">The number of good images.</param>
    /// <param name="image">The image, which is not changed.</param>
    IReadOnlyList<PlantedPicture> Plant(int index, int count, Image image);
}
