using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Detection;

/// <summary>
/// Images -> views -> patch grids, for all lanes of a detector. While the caller processes one batch of views, the
/// encoder runs on the next, and images are read ahead. Thread-safe. Memory: the images read ahead (as many as a batch
/// has views, or one that is larger than <see cref="PixelsAhead"/>), two batches of views and their patches.
/// </summary>
/// <param name="lanes">The lanes.</param>
/// <param name="batchSize">The number of views to encode together.</param>
internal sealed class EncodingStream(IReadOnlyList<Lane> lanes, int batchSize)
{
    // The maximum number of pixels read ahead or encoded together; limits memory for large images.
    private const long PixelsAhead = 1 << 24;

    /// <summary>Crops and normalizes all views that are needed to score an image.</summary>
    /// <exception cref="SemiDefectException">The image does not fit the detector.</exception>
    public PreparedImage Prepare(Image image) =>
        new([.. Views(0, image, ViewPurpose.Inspect).Select(view => (view, view.Prepare()))]);

    /// <summary>The same for an image of which only the canvases were stored.</summary>
    /// <param name="pictures">The canvas of each lane.</param>
    /// <param name="width">The width of the original; 0 if only the canvas is known.</param>
    /// <param name="height">The height of the original.</param>
    public PreparedImage Prepare(IReadOnlyList<Image> pictures, int width, int height) => new(
    [
        .. pictures.SelectMany((picture, lane) =>
        {
            bool isAlone = width == 0;
            var whole = new InputGeometry(
                picture.Width, picture.Height, picture.Width, picture.Height, 0, 0, picture.Width, picture.Height);
            InputGeometry canvas = isAlone ? whole : lanes[lane].Plan.Canvas(width, height);
            IReadOnlyList<View> views = isAlone
                ? [new View(whole, ViewTurn.None, null)]
                : lanes[lane].Plan.ToInspect(width, height);
            return Pending(0, lane, picture, canvas, views).Select(view => (view, view.Prepare()));
        }),
    ]);

    /// <summary>Encodes one image; its views are cropped and normalized batch by batch.</summary>
    /// <exception cref="SemiDefectException">The image does not fit the detector.</exception>
    public IEnumerable<EncodedView> Encode(Image image, CancellationToken cancellationToken)
    {
        PendingView[][] batches;
        using (EngineTelemetry.Start(InspectionStage.Preprocessing))
        {
            batches = [.. Views(0, image, ViewPurpose.Inspect).Chunk(batchSize)];
        }

        foreach (PendingView[] batch in batches)
        {
            (PendingView, PreparedView)[] prepared;
            using (EngineTelemetry.Start(InspectionStage.Preprocessing))
            {
                prepared = [.. batch.Select(view => (view, view.Prepare()))];
            }

            foreach (EncodedView view in Encode(prepared, cancellationToken))
            {
                yield return view;
            }
        }
    }

    /// <summary>Encodes prepared images, in order.</summary>
    public IEnumerable<EncodedView> Encode(IReadOnlyList<PreparedImage> images, CancellationToken cancellationToken)
    {
        (PendingView View, PreparedView Prepared)[] views =
            [
                .. images.SelectMany(
                    (image, i) => image.Views.Select(one => (one.View with { Image = i }, one.Prepared)))
            ];
        foreach ((PendingView, PreparedView)[] batch in views.Chunk(batchSize))
        {
            foreach (EncodedView view in Encode(batch, cancellationToken))
            {
                yield return view;
            }
        }
    }

    /// <summary>Encodes the images returned by <paramref name="read"/> for 0 .. count - 1, in order.</summary>
    /// <param name="count">The number of images.</param>
    /// <param name="read">Reads one image, from any thread; returns null to skip it.</param>
    /// <param name="purpose">The kind of views.</param>
    /// <param name="cancellationToken">Stops between batches.</param>
    public IEnumerable<EncodedView> EncodeAll(
        int count, Func<int, Image?> read, ViewPurpose purpose, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using IEnumerator<PendingView[]> batches = Batches(count, read, purpose, stop.Token).GetEnumerator();
        Task<EncodedView[]?> next = Task.Run(() => EncodeNext(batches, stop.Token), CancellationToken.None);
        try
        {
            while (next.GetAwaiter().GetResult() is { } encoded)
            {
                next = Task.Run(() => EncodeNext(batches, stop.Token), CancellationToken.None);
                cancellationToken.ThrowIfCancellationRequested();
                foreach (EncodedView view in encoded)
                {
                    yield return view;
                }
            }
        }
        finally
        {
            // The enumeration was abandoned; the running batch must not outlive the buffers that it reads.
            stop.Cancel();
            ((IAsyncResult)next).AsyncWaitHandle.WaitOne();
            _ = next.Exception;
        }
    }

    private EncodedView[]? EncodeNext(IEnumerator<PendingView[]> batches, CancellationToken cancellationToken)
    {
        if (!batches.MoveNext())
        {
            return null;
        }

        PendingView[] views = batches.Current;
        var prepared = new PreparedView[views.Length];
        Parallel.For(0, views.Length, i => prepared[i] = views[i].Prepare());
        cancellationToken.ThrowIfCancellationRequested();
        return Encode([.. views.Zip(prepared)], cancellationToken);
    }

    // Lanes may have different encoders; each encodes its views together.
    private EncodedView[] Encode((PendingView View, PreparedView Prepared)[] batch, CancellationToken cancellationToken)
    {
        var encoded = new EncodedView[batch.Length];
        foreach (IGrouping<int, int> positions in Enumerable.Range(0, batch.Length).GroupBy(i => batch[i].View.Lane))
        {
            int[] members = [.. positions];
            IReadOnlyList<PatchGrid> grids =
                lanes[positions.Key].Encoder.EncodeAll([.. members.Select(i => batch[i].Prepared)], cancellationToken);
            for (int i = 0; i < members.Length; i++)
            {
                PendingView view = batch[members[i]].View;
                encoded[members[i]] = new EncodedView(
                    view.Image,
                    view.Lane,
                    view.Position,
                    view.Views,
                    view.IsLast,
                    lanes[view.Lane].Projection?.Apply(grids[i], cancellationToken) ?? grids[i]);
            }
        }

        return encoded;
    }

    private IEnumerable<PendingView[]> Batches(
        int count,
        Func<int, Image?> read,
        ViewPurpose purpose,
        CancellationToken cancellationToken)
    {
        var batch = new List<PendingView>(batchSize);
        long pixels = 0;
        foreach (PendingView view in ReadAhead(count, read, purpose, cancellationToken))
        {
            if (batch.Count == batchSize || (batch.Count > 0 && pixels + view.Pixels > PixelsAhead))
            {
                yield return [.. batch];
                batch.Clear();
                pixels = 0;
            }

            batch.Add(view);
            pixels += view.Pixels;
        }

        if (batch.Count > 0)
        {
            yield return [.. batch];
        }
    }

    private IEnumerable<PendingView> ReadAhead(
        int count,
        Func<int, Image?> read,
        ViewPurpose purpose,
        CancellationToken cancellationToken)
    {
        var ahead = new Queue<Task<List<PendingView>>>();
        int next = 0;
        long pixels = 0;
        try
        {
            for (int done = 0; done < count; done++)
            {
                // The first readable image gives an estimate of the size of the others.
                while (next < count
                    && ahead.Count < batchSize
                    && (ahead.Count == 0 || (ahead.Count + 1) * pixels <= PixelsAhead))
                {
                    int index = next++;
                    ahead.Enqueue(Task.Run(
                        () => read(index) is { } image ? Views(index, image, purpose) : [],
                        cancellationToken));
                    if (pixels == 0)
                    {
                        break;
                    }
                }

                List<PendingView> views = ahead.Dequeue().GetAwaiter().GetResult();
                pixels =
                    Math.Max(pixels, views.DistinctBy(view => view.Picture).Sum(view => view.Picture.Rgb.Length / 3L));
                foreach (PendingView view in views)
                {
                    yield return view;
                }
            }
        }
        finally
        {
            foreach (Task<List<PendingView>> task in ahead)
            {
                ((IAsyncResult)task).AsyncWaitHandle.WaitOne();
                _ = task.Exception;
            }
        }
    }

    private List<PendingView> Views(int index, Image image, ViewPurpose purpose)
    {
        var views = new List<PendingView>();
        for (int lane = 0; lane < lanes.Count; lane++)
        {
            ViewPlan plan = lanes[lane].Plan;
            InputGeometry canvas = plan.Canvas(image.Width, image.Height);
            IReadOnlyList<View> seen = purpose == ViewPurpose.Learn
                ? plan.ToLearn(image.Width, image.Height)
                : plan.ToInspect(image.Width, image.Height);
            Image picture = canvas.Cut(image);
            views.AddRange(Pending(index, lane, picture, canvas, seen));
        }

        return views;
    }

    private IEnumerable<PendingView> Pending(
        int index,
        int lane,
        Image picture,
        InputGeometry canvas,
        IReadOnlyList<View> views) =>
        views.Select((view, i) => new PendingView(
            index,
            lane,
            i,
            views.Count,
            lane == lanes.Count - 1 && i == views.Count - 1,
            picture,
            canvas,
            view,
            lanes[lane].Plan.Preprocessing));
}

/// <summary>A view that is yet to be cropped from its canvas and encoded. Immutable and thread-safe.</summary>
/// <param name="Image">The index of the image.</param>
/// <param name="Lane">The index of the lane.</param>
/// <param name="Position">The index of the view among the lane's views of the image.</param>
/// <param name="Views">The number of views of the image in the lane.</param>
/// <param name="IsLast">Whether no more views of the image follow.</param>
/// <param name="Picture">The canvas.</param>
/// <param name="Canvas">The position of the canvas on the original.</param>
/// <param name="View">The view.</param>
/// <param name="Options">The normalization.</param>
internal sealed record PendingView(
    int Image,
    int Lane,
    int Position,
    int Views,
    bool IsLast,
    Image Picture,
    InputGeometry Canvas,
    View View,
    PreprocessingOptions Options)
{
    /// <summary>The number of input pixels of the network.</summary>
    public long Pixels => (long)View.Width * View.Height;

    /// <summary>The input of the network.</summary>
    public PreparedView Prepare() => PreparedView.Of(Picture, Canvas, View, Options);
}

/// <summary>An encoded view of an image in a list.</summary>
/// <param name="Image">The index of the image in the list.</param>
/// <param name="Lane">The index of the lane.</param>
/// <param name="Position">The index of the view among the lane's views of the image.</param>
/// <param name="Views">The number of views of the image in the lane.</param>
/// <param name="IsLast">Whether no more views of the image follow.</param>
/// <param name="Grid">The patches.</param>
internal sealed record EncodedView(int Image, int Lane, int Position, int Views, bool IsLast, PatchGrid Grid);
