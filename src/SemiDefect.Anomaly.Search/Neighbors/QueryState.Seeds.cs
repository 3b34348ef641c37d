using System.Runtime.CompilerServices;

namespace SemiDefect.Anomaly.Search.Neighbors;

/// <content>The rows that are measured first to obtain an initial limit.</content>
internal unsafe partial struct QueryState
{
    /// <summary>Gathers seed rows; see <see cref="SeedList.Gather"/>.</summary>
    public void Gather(int* starts, int blocks, float* estimates) => _seeds.Gather(starts, blocks, estimates);

    /// <summary>Prefetches the codes of the seeds.</summary>
    public readonly void PrefetchSeeds()
    {
        for (int i = 0; i < _seeds.Count; i++)
        {
            PrefetchCode(_seeds.Positions[i], _index.Blocks.Width);
        }
    }

    /// <summary>Sorts the seeds by their long codes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void RankSeeds()
    {
        if (_code is null)
        {
            return;
        }

        for (int i = 0; i < _seeds.Count; i++)
        {
            _seeds.Estimates[i] = CodeDistance(_seeds.Positions[i], float.PositiveInfinity);
        }

        SmallSort.Sort(_seeds.Estimates, _seeds.Positions, _seeds.Count);
    }

    /// <summary>Returns four of the rows that <see cref="MeasureSeeds"/> would measure first.</summary>
    public readonly void FirstSeeds(int* rows)
    {
        for (int i = 0; i < 4; i++)
        {
            rows[i] = _seeds.Count < _k ? 0 : RowAt(_seeds.Positions[Math.Min(i, _k - 1)]);
        }
    }

    /// <summary>Measures the k seeds that look nearest, which gives an initial limit.</summary>
    /// <param name="following">Four rows that will be measured next, for prefetching; null if unknown.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void MeasureSeeds(int* following)
    {
        if (_seeds.Count < _k)
        {
            return;
        }

        double largest = 0;
        int* rows = stackalloc int[4];
        int* upcoming = stackalloc int[4];
        for (int i = 0; i < _k; i += 4)
        {
            int taken = Math.Min(4, _k - i);
            bool isLast = i + taken == _k && following is not null;
            for (int j = 0; j < 4; j++)
            {
                rows[j] = RowAt(_seeds.Positions[Math.Min(i + j, _k - 1)]);
                upcoming[j] = isLast ? following[j] : RowAt(_seeds.Positions[Math.Min(i + j + 4, _k - 1)]);
            }

            ExactDistance.Squared(
                _query, _index.Bank.Data, _index.Bank.Columns, rows, taken, upcoming, _seeds.Distances + i);
            for (int j = i; j < i + taken; j++)
            {
                largest = Math.Max(largest, _seeds.Distances[j]);
            }
        }

        _measuredSeeds = _k;
        _cap = Math.Min(_cap, largest);
        Tighten();
    }

    /// <summary>Moves seeds from the candidates to the list, since they have been measured.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void TakeSeeds(Candidates candidates)
    {
        if (_seedsTaken == _measuredSeeds)
        {
            return;
        }

        int kept = 0;
        bool tighter = false;
        var seeds = new ReadOnlySpan<int>(_seeds.Positions, _measuredSeeds);
        for (int i = 0; i < candidates.Count; i++)
        {
            int position = candidates.Positions[i];
            int seed = seeds.IndexOf(position);
            if (seed >= 0)
            {
                tighter |= _list.Offer(_seeds.Distances[seed], RowAt(position));
                _seedsTaken++;
            }
            else
            {
                candidates.Positions[kept] = position;
                candidates.Bounds[kept++] = candidates.Bounds[i];
            }
        }

        candidates.Count = kept;
        if (tighter)
        {
            Tighten();
        }
    }
}
