"""Writes metrics.json beside this file: scikit-learn's answers for random cases with ties. See README.md."""
import json
import pathlib

import numpy as np
import sklearn
from sklearn import metrics

rng = np.random.default_rng(20261122)


def image_case(name, scores, labels):
    scores = np.asarray(scores, dtype=np.float64)
    labels = np.asarray(labels, dtype=bool)
    case = {"name": name, "scores": scores.tolist(), "labels": labels.tolist()}
    if labels.any():
        case["average_precision"] = metrics.average_precision_score(labels, scores)
        precision, recall, thresholds = metrics.precision_recall_curve(labels, scores)
        denominator = precision + recall
        case["f1_max"] = float(np.max(np.divide(2 * precision * recall, denominator, out=np.zeros_like(denominator), where=denominator > 0)))
        case["pr_precision"] = precision[:-1][::-1].tolist()
        case["pr_recall"] = recall[:-1][::-1].tolist()
    if labels.any() and not labels.all():
        case["auroc"] = metrics.roc_auc_score(labels, scores)
        fpr, tpr, _ = metrics.roc_curve(labels, scores, drop_intermediate=False)
        case["roc_fpr"] = fpr.tolist()
        case["roc_tpr"] = tpr.tolist()
    # A threshold that some score equals exactly, so that the strict comparison is seen.
    threshold = float(np.sort(scores)[len(scores) // 2])
    predicted = scores > threshold
    tn, fp, fn, tp = metrics.confusion_matrix(labels, predicted, labels=[False, True]).ravel()
    case["threshold"] = threshold
    case["confusion"] = [int(tp), int(fp), int(tn), int(fn)]
    if predicted.any():
        case["precision"] = metrics.precision_score(labels, predicted)
    if labels.any():
        case["recall"] = metrics.recall_score(labels, predicted)
        if not labels.all():
            case["balanced_accuracy"] = metrics.balanced_accuracy_score(labels, predicted)
    if labels.any() or predicted.any():
        case["f1"] = metrics.f1_score(labels, predicted)
    return case


images = []
for n in (2, 3, 7, 20, 50, 120):
    for ties in (True, False):
        labels = rng.random(n) < 0.4
        labels[:2] = [True, False]
        scores = rng.normal(size=n) + labels
        scores = np.round(scores * 3) / 4 if ties else scores
        images.append(image_case(f"{n} images{' with ties' if ties else ''}", scores, labels))
images.append(image_case("all equal", np.full(9, 1.5), [True, False, True] * 3))
images.append(image_case("perfect", [0.1, 0.2, 0.3, 1.1, 1.2], [False, False, False, True, True]))
images.append(image_case("reversed", [1.1, 1.2, 0.1, 0.2, 0.3], [False, False, True, True, True]))
images.append(image_case("rare class", rng.normal(size=100) + 2 * (np.arange(100) == 41), np.arange(100) == 41))
images.append(image_case("all good", rng.normal(size=8), np.zeros(8)))
images.append(image_case("all bad", rng.normal(size=8), np.ones(8)))

pixels = []
for name, step in (("few levels", 2), ("many levels", 200)):
    maps = []
    for _ in range(3):
        mask = np.zeros((8, 9), dtype=int)
        for _ in range(int(rng.integers(0, 4))):
            y, x = int(rng.integers(0, 7)), int(rng.integers(0, 8))
            mask[y:y + int(rng.integers(1, 4)), x:x + int(rng.integers(1, 4))] = 1
        values = (np.round((rng.normal(size=mask.shape) + mask) * step) / 8).astype(np.float32)
        maps.append({"map": values.ravel().tolist(), "mask": mask.ravel().tolist()})
    labels = np.concatenate([m["mask"] for m in maps])
    scores = np.concatenate([m["map"] for m in maps])
    pixels.append({"name": name, "width": 9, "height": 8, "maps": maps,
                   "auroc": metrics.roc_auc_score(labels, scores),
                   "average_precision": metrics.average_precision_score(labels, scores)})

path = pathlib.Path(__file__).with_name("metrics.json")
path.write_text(json.dumps({"sklearn": sklearn.__version__, "images": images, "pixels": pixels}, separators=(",", ":")) + "\n")
