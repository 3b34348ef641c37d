namespace SemiDefect.Anomaly.Evaluation.Checks;

/// <summary>One thing found in a data set. Immutable, and so thread-safe.</summary>
/// <param name="Severity">How much it matters.</param>
/// <param name="Code">
/// What it is, for scripts: unreadable, unreadable_mask, not_an_image, wrong_extension, duplicate, leak, conflict, near_duplicate,
/// near_leak, near_conflict, mixed_sizes, mixed_depths, mixed_colors, missing_mask, mask_size, empty_mask, unused_mask,
/// few_good_images, no_good_test_image, no_abnormal_image, rare_type, suspicious_good.
/// </param>
/// <param name="Message">One sentence: what, and what to do.</param>
/// <param name="Paths">The files concerned, '/'-separated; for pairs one after the other.</param>
public sealed record CheckFinding(CheckSeverity Severity, string Code, string Message, IReadOnlyList<string> Paths);
