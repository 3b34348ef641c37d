"""Checks of samples/NativePython/semidefect.py: checks.py MODEL IMAGE. Prints "ok NAME" or "FAILED NAME"."""
import sys
import threading

import semidefect

MODEL, IMAGE = sys.argv[1:]


def check(holds, name):
    print("ok" if holds else "FAILED", name)


def status(call):
    try:
        call()
    except semidefect.Error as error:
        return error.status if str(error) else None
    return 0


with semidefect.Detector(MODEL) as detector:
    result = detector.inspect(IMAGE)
    check(result.decision == "abnormal" and result.threshold == detector.thresholds.threshold, "the defect is found")
    check(max(max(row) for row in result.map.tolist()) == result.regions[0].peak, "the map has the peak")
    with open(IMAGE, "rb") as file:
        check(detector.inspect_bytes(file.read()).score == result.score, "the bytes of the file")
    pixels = bytes(x * y % 251 for y in range(64) for x in range(48))
    gray = detector.inspect_pixels(pixels, 48, 64, semidefect.GRAY)
    bgra = detector.inspect_pixels(bytes(v for p in pixels for v in (p, p, p, 9)), 48, 64, semidefect.BGRA)
    check(gray.score == bgra.score and bytes(gray.map) == bytes(bgra.map), "pixels in two formats")
    check(status(lambda: detector.inspect_pixels(pixels, 48, 65, semidefect.GRAY)) == 1, "too few pixels")
    check(status(lambda: detector.inspect("none.png")) == 4, "no image")
    scores = []
    threads = [threading.Thread(target=lambda: scores.append(detector.inspect(IMAGE).score)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    check(scores == [result.score] * 3, "several threads")
check(status(lambda: detector.inspect(IMAGE)) == 2, "a closed detector")
check(status(lambda: semidefect.Detector("none.sdad")) == 3, "no detector file")
check(result.map.shape == (result.height, result.width), "a result outlives its detector")
