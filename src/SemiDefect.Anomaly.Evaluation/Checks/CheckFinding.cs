namespace SemiDefect.Anomaly.Evaluation.Checks;

/// <summary>One finding in a data set. Immutable and thread-safe.</summary>
/// <param name="Severity">Its severity.</param>
/// <param name="Code">
/// Its kind, for scripts: unreadable, unreadable_mask, not_an_image, wrong_extension, duplicate, leak, conflict,
/// near_duplicate, near_leak, near_conflict, mixed_sizes, mixed_depths, mixed_colors, bit_depth, several_pages, missing_mask, mask_size,
/// empty_mask, inverted_mask, unused_mask, passed_over, few_good_images, no_good_test_image, no_abnormal_image,
/// rare_type, suspicious_good.
/// </param>
/// <param name="Message">One sentence that says what was found and what to do.</param>
/// <param name="Paths">The files concerned, '/'-separated; the files of a pair are adjacent.</param>
public sealed record CheckFinding(CheckSeverity Severity, string Code, string Message, IReadOnlyList<string> Paths);
