#!/usr/bin/env python3
"""Sends images to a server (semidefect serve) and prints what it says, without any package:

    python3 samples/ServerPython/inspect_images.py http://127.0.0.1:8080 line3 IMAGE...

The idempotency key makes it safe to send an image again: it is not stored twice. SEMIDEFECT_KEY holds the API key, if
the server has one.
"""
import json
import os
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid


def inspect(address, model, path):
    with open(path, "rb") as file:
        image = file.read()
    name = urllib.parse.quote(os.path.basename(path))
    headers = {"Content-Type": "application/octet-stream", "Idempotency-Key": str(uuid.uuid4())}
    if os.environ.get("SEMIDEFECT_KEY"):
        headers["X-Api-Key"] = os.environ["SEMIDEFECT_KEY"]
    url = f"{address.rstrip('/')}/api/v1/models/{urllib.parse.quote(model)}/inspect?name={name}"
    while True:
        try:
            with urllib.request.urlopen(urllib.request.Request(url, image, headers)) as response:
                return json.load(response)
        except urllib.error.HTTPError as error:
            if error.code != 429:
                raise SystemExit(f"{path}: {json.load(error)['detail']}")
        except urllib.error.URLError as error:
            print(f"{error.reason} Trying again.", file=sys.stderr)
        time.sleep(1)


if __name__ == "__main__":
    if len(sys.argv) < 4:
        raise SystemExit(__doc__)
    for image_path in sys.argv[3:]:
        answer = inspect(sys.argv[1], sys.argv[2], image_path)
        print(answer["decision"], answer["score"], image_path)
