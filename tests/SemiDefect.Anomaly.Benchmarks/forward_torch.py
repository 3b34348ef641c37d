"""Forward passes only: torchvision's ResNet50 up to layer3 (the work of ResNet50v2's first three stages), 2 threads.
Usage: forward_torch.py IMAGES [BATCH]. The weights are random; decoding and pooling are left out."""
import json, sys, time
import torch
import torchvision

images = int(sys.argv[1])
batch = int(sys.argv[2]) if len(sys.argv) > 2 else 8
torch.set_num_threads(2)
network = torchvision.models.resnet50()
network = torch.nn.Sequential(*list(network.children())[:7]).eval()
pixels = torch.randn(batch, 3, 224, 224)
with torch.inference_mode():
    network(pixels)
    start = time.perf_counter()
    for first in range(0, images, batch):
        network(pixels[:min(batch, images - first)])
    elapsed = time.perf_counter() - start
print(json.dumps({"peer": "torch ResNet50 to layer3", "images": images, "batch": batch, "seconds": elapsed}))
