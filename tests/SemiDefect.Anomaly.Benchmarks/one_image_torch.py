"""One image as a Python user would inspect it: torchvision's ResNet18 up to layer3, then faiss IndexFlatL2, 2 threads.
Usage: one_image_torch.py BANK.npy QUERIES.npy [K]. The weights are random, and decoding, pooling and maps are left out,
which favors the peer."""
import os, sys

FAST_BLAS = "/usr/lib/x86_64-linux-gnu/openblas-openmp"
if os.path.isdir(FAST_BLAS) and FAST_BLAS not in os.environ.get("LD_LIBRARY_PATH", ""):
    os.environ["LD_LIBRARY_PATH"] = FAST_BLAS + ":" + os.environ.get("LD_LIBRARY_PATH", "")
    os.execv(sys.executable, [sys.executable] + sys.argv)

import json, statistics, time
import faiss
import numpy as np
import torch
import torchvision

bank = np.ascontiguousarray(np.load(sys.argv[1]), dtype=np.float32)
queries = np.ascontiguousarray(np.load(sys.argv[2]), dtype=np.float32)
k = int(sys.argv[3]) if len(sys.argv) > 3 else 1
torch.set_num_threads(2)
faiss.omp_set_num_threads(2)
network = torchvision.models.resnet18()
network = torch.nn.Sequential(*list(network.children())[:7]).eval()
image = torch.randn(1, 3, 224, 224)
index = faiss.IndexFlatL2(bank.shape[1])
index.add(bank)
forward, search = [], []
with torch.inference_mode():
    for i in range(33):
        start = time.perf_counter()
        network(image)
        middle = time.perf_counter()
        index.search(queries, k)
        if i > 2:
            forward.append(middle - start)
            search.append(time.perf_counter() - middle)
print(json.dumps({
    "peer": "torch ResNet18 to layer3 + faiss IndexFlatL2", "bank": list(bank.shape), "queries": len(queries), "k": k,
    "median_s": statistics.median(a + b for a, b in zip(forward, search)),
    "forward_median_s": statistics.median(forward), "search_median_s": statistics.median(search)}))
