"""Bias and cost of each calibration: the mean out-of-fold score divided by the mean score of good test images, the
number of false alarms among these, and the duration of the fit.

    python3 calibration.py SEMIDEFECT SET RESNET18.onnx [IMAGES] [CORESET] [rest]

SET is a folder with train/good and test/good. IMAGES evenly spread images of train/good are used for training (all by
default). With "rest", its other images are tested instead of test/good.
"""
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

program, tiles, network = sys.argv[1:4]
good = os.path.abspath(os.path.join(tiles, "train", "good"))
names = sorted(os.listdir(good))
count = int(sys.argv[4]) if len(sys.argv) > 4 else len(names)
coreset = sys.argv[5] if len(sys.argv) > 5 else "0.01"


def image_scores(path):
    """The held-out scores, from the JSON header of a detector file (docs/detector-file.md)."""
    with open(path, "rb") as file:
        content = file.read(1 << 22)
    header = json.JSONDecoder().raw_decode(content[content.index(b'{"'):].decode("latin1"))[0]
    return next(header["thresholds"][key] for key in ("image_scores", "imageScores") if key in header["thresholds"])


with tempfile.TemporaryDirectory() as work:
    images = os.path.join(work, "images")
    os.mkdir(images)
    learned = names[::len(names) // count][:count]
    for name in learned:
        os.symlink(os.path.join(good, name), os.path.join(images, name))
    judged = os.path.join(work, "judged")
    if sys.argv[6:] == ["rest"]:
        os.mkdir(judged)
        for name in sorted(set(names) - set(learned)):
            os.symlink(os.path.join(good, name), os.path.join(judged, name))
    else:
        os.symlink(os.path.abspath(os.path.join(tiles, "test", "good")), judged)
    for method in ("refittedbank", "pooledbank", "repairedbank", "maskedbank"):
        model = os.path.join(work, "model.sdad")
        start = time.time()
        subprocess.run([program, "fit", images, "--preset", "fast", "--backbone", network, "--taps", "layer2,layer3", "--resize", "128", "--coreset", coreset,
                        "--calibration", method, "--out", model], check=True, stdout=subprocess.DEVNULL)
        seconds = time.time() - start
        scored = subprocess.run([program, "score", model, judged, "--json"], capture_output=True, text=True)
        test = json.loads(scored.stdout)["images"]
        ratio = statistics.mean(image_scores(model)) / statistics.mean(image["score"] for image in test)
        alarms = sum(image["decision"] != "normal" for image in test)
        print(f"{method}: {ratio:.3f}, {alarms} of {len(test)} called abnormal, {seconds:.1f} s", flush=True)
