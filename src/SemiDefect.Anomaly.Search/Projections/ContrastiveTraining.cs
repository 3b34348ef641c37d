using System.Numerics.Tensors;
using SemiDefect.Anomaly.Search.Numerics;

namespace SemiDefect.Anomaly.Search.Projections;

/// <summary>
/// The two layers of a <see cref="ContrastiveProjection"/> and their averaged copies. Vectors are rows, so a layer is
/// stored inputs x outputs. Not thread-safe.
/// </summary>
internal sealed class ContrastiveTraining : IDisposable
{
    private readonly ContrastiveOptions _options;
    private readonly double[] _mean;
    private readonly double _scale;
    private readonly ContrastiveLoss _loss;
    private readonly SoftSimilarity _similarity;
    private readonly DenseMatrix _input;
    private readonly DenseMatrix _inputTransposed;
    private readonly DenseMatrix _features;
    private readonly DenseMatrix _featuresTransposed;
    private readonly DenseMatrix _outputs;
    private readonly DenseMatrix _distances;
    private readonly DenseMatrix _similarities;
    private readonly DenseMatrix _outputSlopes;
    private readonly DenseMatrix _featureSlopes;
    private readonly DenseMatrix _headTransposed;
    private readonly DenseMatrix _layer;
    private readonly DenseMatrix _layerAverage;
    private readonly DenseMatrix _layerSlopes;
    private readonly DenseMatrix _head;
    private readonly DenseMatrix _headAverage;
    private readonly DenseMatrix _headSlopes;
    private readonly AdamUpdate _layerUpdate;
    private readonly AdamUpdate _headUpdate;

    /// <summary>Starts with a layer f of given rows and a layer g that changes nothing.</summary>
    /// <param name="options">The options.</param>
    /// <param name="rows">The rows of f: outputs x inputs values.</param>
    /// <param name="mean">Subtracted from the vectors.</param>
    /// <param name="scale">Multiplies them afterwards.</param>
    /// <param name="batch">The number of vectors of a step.</param>
    public ContrastiveTraining(ContrastiveOptions options, double[] rows, double[] mean, double scale, int batch)
    {
        (_options, _mean, _scale, Batch) = (options, mean, scale, batch);
        int inputs = mean.Length;
        int outputs = options.Outputs;
        _loss = new ContrastiveLoss(batch, outputs, options.Margin, options.Repulsion, options.Threads);
        _similarity = new SoftSimilarity(options, batch);
        _input = new DenseMatrix(batch, inputs);
        _inputTransposed = new DenseMatrix(inputs, batch);
        _features = new DenseMatrix(batch, outputs);
        _featuresTransposed = new DenseMatrix(outputs, batch);
        _outputs = new DenseMatrix(batch, outputs);
        _distances = new DenseMatrix(batch, batch);
        _similarities = new DenseMatrix(batch, batch);
        _outputSlopes = new DenseMatrix(batch, outputs);
        _featureSlopes = new DenseMatrix(batch, outputs);
        _headTransposed = new DenseMatrix(outputs, outputs);
        _layer = new DenseMatrix(inputs, outputs);
        _layerAverage = new DenseMatrix(inputs, outputs);
        _layerSlopes = new DenseMatrix(inputs, outputs);
        _head = new DenseMatrix(outputs, outputs);
        _headAverage = new DenseMatrix(outputs, outputs);
        _headSlopes = new DenseMatrix(outputs, outputs);
        for (int output = 0; output < outputs; output++)
        {
            _head.Row(output)[output] = 1;
            for (int input = 0; input < inputs; input++)
            {
                _layer.Row(input)[output] = rows[output * inputs + input];
            }
        }

        _layer.Padded.CopyTo(_layerAverage.Padded);
        _head.Padded.CopyTo(_headAverage.Padded);
        _layerUpdate = new AdamUpdate(_layer);
        _headUpdate = new AdamUpdate(_head);
    }

    /// <summary>The number of vectors of a step.</summary>
    public int Batch { get; }

    /// <summary>One step with some of the vectors; returns their loss before it.</summary>
    public double Step(
        FeatureMatrix vectors, ReadOnlySpan<int> rows, double rate, CancellationToken cancellationToken)
    {
        double loss = Gradient(vectors, rows, cancellationToken);
        _layerUpdate.Step(_layerSlopes, rate);
        _headUpdate.Step(_headSlopes, rate);
        Average(_layer, _layerAverage);
        Average(_head, _headAverage);
        return loss;
    }

    /// <summary>The loss of some of the vectors; computes the gradient of both layers.</summary>
    internal double Gradient(FeatureMatrix vectors, ReadOnlySpan<int> rows, CancellationToken cancellationToken)
    {
        int threads = _options.Threads;
        for (int i = 0; i < Batch; i++)
        {
            Span<double> values = _input.Row(i);
            TensorPrimitives.ConvertTruncating<float, double>(vectors.Row(rows[i]), values);
            TensorPrimitives.Subtract(values, _mean, values);
            TensorPrimitives.Multiply(values, _scale, values);
        }

        // The copy says what is alike.
        _features.SetProduct(_input, _layerAverage, threads, cancellationToken);
        _outputs.SetProduct(_features, _headAverage, threads, cancellationToken);
        _loss.SquaredDistances(_outputs, _distances, cancellationToken);
        _similarity.Compute(_distances, _similarities, cancellationToken);

        _features.SetProduct(_input, _layer, threads, cancellationToken);
        _outputs.SetProduct(_features, _head, threads, cancellationToken);
        double loss = _loss.Compute(_outputs, _similarities, _outputSlopes, cancellationToken);

        _featuresTransposed.SetTransposed(_features);
        _headSlopes.SetProduct(_featuresTransposed, _outputSlopes, threads, cancellationToken);
        _headTransposed.SetTransposed(_head);
        _featureSlopes.SetProduct(_outputSlopes, _headTransposed, threads, cancellationToken);
        _inputTransposed.SetTransposed(_input);
        _layerSlopes.SetProduct(_inputTransposed, _featureSlopes, threads, cancellationToken);
        return loss;
    }

    /// <summary>The layers and their gradients, for tests.</summary>
    internal (DenseMatrix Layer, DenseMatrix LayerSlopes, DenseMatrix Head, DenseMatrix HeadSlopes) Parts =>
        (_layer, _layerSlopes, _head, _headSlopes);

    /// <summary>The rows of f: outputs x inputs values.</summary>
    public double[] Weights()
    {
        double[] rows = new double[_options.Outputs * _mean.Length];
        for (int input = 0; input < _mean.Length; input++)
        {
            ReadOnlySpan<double> values = _layer.Row(input);
            for (int output = 0; output < values.Length; output++)
            {
                rows[output * _mean.Length + input] = values[output];
            }
        }

        return rows;
    }

    /// <summary>Frees the memory.</summary>
    public void Dispose()
    {
        _loss.Dispose();
        _similarity.Dispose();
        foreach (DenseMatrix matrix in (DenseMatrix[])
            [
                _input, _inputTransposed, _features, _featuresTransposed, _outputs, _distances, _similarities,
                _outputSlopes, _featureSlopes, _headTransposed, _layer, _layerAverage, _layerSlopes, _head,
                _headAverage, _headSlopes,
            ])
        {
            matrix.Dispose();
        }
    }

    private void Average(DenseMatrix weights, DenseMatrix average)
    {
        Span<double> averages = average.Padded;
        TensorPrimitives.Multiply(averages, _options.Momentum, averages);
        TensorPrimitives.MultiplyAdd(weights.Padded, 1 - _options.Momentum, averages, averages);
    }
}
