#!/usr/bin/env python3
"""Inspects images with a detector file, from Python without any package:

    dotnet publish src/SemiDefect.Anomaly.Native -c Release -r linux-x64 -o native
    SEMIDEFECT_NATIVE=native/semidefect_native.so python3 samples/NativePython/inspect_images.py line3.sdad image.png

Prints one line for each image, and a line for each region. --map FILE, at the end, writes the anomaly map of the last
image as 32-bit floats, row by row.
"""
import sys

import semidefect


def main(arguments):
    target = None
    if len(arguments) > 3 and arguments[-2] == "--map":
        target = arguments[-1]
        arguments = arguments[:-2]
    if len(arguments) < 2:
        print(__doc__, file=sys.stderr)
        return 2
    status = 0
    try:
        with semidefect.Detector(arguments[0]) as detector:
            for path in arguments[1:]:
                try:
                    result = detector.inspect(path)
                except semidefect.Error as error:
                    print(f"{path}: {error}", file=sys.stderr)
                    status = 1
                    continue
                print(f"{result.decision} {result.score:.17g} {result.threshold:.17g} {path}")
                for region in result.regions:
                    print(f"  {region.area} pixels around ({region.centroid_x:.0f}, {region.centroid_y:.0f})")
                if target is not None:
                    with open(target, "wb") as file:
                        file.write(result.map)
    except semidefect.Error as error:
        print(f"{arguments[0]}: {error}", file=sys.stderr)
        status = 1
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
