using SemiDefect.Anomaly.Neighbors;
using SemiDefect.Anomaly.Numerics;

namespace SemiDefect.Anomaly.Memory;

/// <summary>Farthest-point selection over all rows. Not thread-safe.</summary>
internal sealed unsafe class GreedyKCenter : IDisposable
{
    private readonly FeatureMatrix _features;
    private readonly ParallelOptions _parallel;
    private readonly double[] _distances;

    public GreedyKCenter(FeatureMatrix features, int threads, CancellationToken cancellationToken)
    {
        _features = features;
        _parallel = new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellationToken };
        _distances = new double[features.Rows];
        _distances.AsSpan().Fill(double.PositiveInfinity);
    }

    /// <summary>The largest squared distance of a row to the picks (and to what it began with).</summary>
    public double LargestSquaredDistance => _distances.Max();

    /// <summary>Distances to begin with, as if by picks made before.</summary>
    public void SetInitialDistances(double[] squaredDistances) => squaredDistances.CopyTo(_distances, 0);

    /// <summary>Picks the starts, and then the farthest row again and again.</summary>
    public int[] Run(int[] starts, GreedyLimits limits, ProgressReport report)
    {
        var picks = new List<int>();
        while (picks.Count < limits.Count)
        {
            int pick;
            if (picks.Count < starts.Length)
            {
                pick = starts[picks.Count];
            }
            else
            {
                pick = 0;
                for (int row = 1; row < _distances.Length; row++)
                {
                    if (_distances[row] > _distances[pick])
                    {
                        pick = row;
                    }
                }

                if (Math.Sqrt(_distances[pick]) <= limits.Radius)
                {
                    break;
                }
            }

            picks.Add(pick);
            Parallel.For(0, (_features.Rows + 255) / 256, _parallel, block => Update(pick, block * 256, Math.Min(_features.Rows, block * 256 + 256)));
            report.Picked(picks.Count);
        }

        return [.. picks];
    }

    public void Dispose()
    {
    }

    private void Update(int pick, int start, int end)
    {
        int columns = _features.Columns;
        float* center = _features.Data + (long)pick * columns;
        for (int row = start; row < end; row++)
        {
            double distance = ExactDistance.Squared(ref *center, ref *(_features.Data + (long)row * columns), columns);
            if (distance < _distances[row])
            {
                _distances[row] = distance;
            }
        }
    }
}
