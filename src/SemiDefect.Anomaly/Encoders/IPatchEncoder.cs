using System.Runtime.ExceptionServices;
using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Encoders;

/// <summary>
/// Turns a view into a grid of patch vectors: a network with its pooling, or anything else. The vectors must depend on
/// the view only, not on other views in the batch. Implementations are thread-safe: several views are encoded
/// concurrently.
/// </summary>
public interface IPatchEncoder : IDisposable
{
    /// <summary>The description of the encoder.</summary>
    EncoderInfo Info { get; }

    /// <summary>Encodes one view.</summary>
    /// <param name="view">Normalized values, 3 x height x width.</param>
    /// <param name="cancellationToken">Cancels the work.</param>
    /// <returns>The grid; see <see cref="PatchGrid.Of"/>.</returns>
    /// <exception cref="SemiDefectException">The encoder does not accept a view of this size, or fails.</exception>
    PatchGrid Encode(PreparedView view, CancellationToken cancellationToken);

    /// <summary>Encodes several views; the results equal those for the single views.</summary>
    /// <param name="views">The views, of any sizes.</param>
    /// <param name="cancellationToken">Cancels the work.</param>
    /// <returns>One grid per view, in order.</returns>
    /// <exception cref="SemiDefectException">The encoder does not accept a view of this size, or fails.</exception>
    IReadOnlyList<PatchGrid> EncodeAll(IReadOnlyList<PreparedView> views, CancellationToken cancellationToken)
    {
        var grids = new PatchGrid[views.Count];
        var options = new ParallelOptions { CancellationToken = cancellationToken };
        try
        {
            Parallel.For(0, grids.Length, options, i => grids[i] = Encode(views[i], cancellationToken));
        }
        catch (AggregateException errors)
        {
            // The same exception as for a single view.
            ExceptionDispatchInfo.Throw(errors.InnerExceptions[0]);
        }

        return grids;
    }
}

/// <summary>The description of an encoder. Immutable and thread-safe.</summary>
/// <param name="Name">A display name; one line.</param>
/// <param name="Identity">
/// Identifies the encoder by the vectors that it computes: for a network, the SHA-256 of its file. A detector rejects
/// an encoder whose identity differs from that at the fit.
/// </param>
/// <param name="Input">The normalization of its input.</param>
public sealed record EncoderInfo(string Name, string Identity, BackboneInput Input);
