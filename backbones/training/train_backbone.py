"""Trains the default backbone: a student network imitates a teacher's maps on crops of photographs and generated images.

The teacher's two maps are turned by a principal component analysis into fewer channels, half whitened: component i is
divided by the fourth root of its variance. Distances between patches of these are what the student is to keep. The
loss is the squared error, plus the squared error of what differs within one crop, relative to how much differs there:
without it faint textures, whose maps hardly vary, would count for nothing.

CPU (bfloat16 where torch has it) or CUDA, the same command. Checkpoints are written every few minutes; with --resume a
run goes on from one. The schedule follows steps (--steps: repeatable), active time (--minutes) or the clock (--until).
"""
import argparse
import datetime
import math
import os
import sys
import time

import torch

import images
from onnx_network import OnnxNetwork
from student import MEAN, STD, Student


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--teacher", required=True, help=".onnx whose last two outputs have strides 8 and 16 (resnet50v2-stage1-3.onnx)")
    parser.add_argument("--photos", help="folder of JPEG photographs; without it, only generated images are used")
    parser.add_argument("--out", required=True, help="folder for the generated images and the checkpoints")
    length = parser.add_mutually_exclusive_group()
    length.add_argument("--steps", type=int, help="student steps in all")
    length.add_argument("--minutes", type=float, help="active minutes in all, those before a resumption included")
    length.add_argument("--until", help="HH:MM, UTC: the schedule ends then, however often the run was held up")
    length.add_argument("--quick", action="store_true", help="a minute or two: does everything work?")
    parser.add_argument("--resume", help="checkpoint to go on from")
    parser.add_argument("--warm-start", help="checkpoint whose weights and targets a new run starts from")
    parser.add_argument("--generated", type=int, default=4000, help="how many images to generate")
    parser.add_argument("--photo-share", type=float, default=0.65)
    parser.add_argument("--crop", type=int, default=128)
    parser.add_argument("--scales", type=float, nargs=2, default=(-0.75, 1), help="crops are enlarged by two to a power between these")
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--replay", type=int, help="times a crop is used on average (CPU: 3, for the teacher costs more than the student; CUDA: 1)")
    parser.add_argument("--buffer", type=int, default=4096, help="crops held with their targets")
    parser.add_argument("--rate", type=float, default=2.5e-3)
    parser.add_argument("--within", type=float, default=1.0, help="weight of the error of what differs within a crop")
    parser.add_argument("--outputs", type=int, nargs=2, default=(192, 256))
    parser.add_argument("--workers", type=int, default=0, help="processes that make crops (default: cores less one)")
    parser.add_argument("--checkpoint-minutes", type=float, default=4)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if options.quick:
        options.steps, options.generated, options.buffer, options.batch = 60, 40, 128, 16
    if not (options.steps or options.minutes or options.until):
        parser.error("say how long: --steps, --minutes, --until or --quick")
    if not os.path.exists(options.teacher):
        parser.error(f"there is no teacher at '{options.teacher}': the training needs one, for the student learns nothing but its maps")
    if options.photos and not os.path.isdir(options.photos):
        parser.error(f"there is no folder '{options.photos}'; leave --photos out to train on generated images alone")
    if not options.photos:
        print("No --photos: generated images only. The result will be poorer than with photographs.", flush=True)
    return options


class Schedule:
    """Progress from 0 to 1 that holds still while the process is stopped, yet is done in time."""

    LONGEST = 20.0

    def __init__(self, options, progress, elapsed):
        self.options, self.progress, self.elapsed, self.last = options, progress, elapsed, time.time()
        self.end = None
        if options.until:
            now = datetime.datetime.now(datetime.timezone.utc)
            hour, minute = options.until.split(":")
            end = now.replace(hour=int(hour), minute=int(minute), second=0)
            self.end = (end if end > now else end + datetime.timedelta(days=1)).timestamp()

    def advance(self, step):
        now = time.time()
        passed, self.last = min(now - self.last, self.LONGEST), now
        self.elapsed += passed
        if self.options.steps:
            self.progress = step / self.options.steps
        elif self.options.minutes:
            self.progress = self.elapsed / 60 / self.options.minutes
        else:
            self.progress += (1 - self.progress) * min(1, passed / max(self.end - now, 1e-3))
            if now > self.end:
                self.progress = 1.0
        return self.progress < 1 - 1e-9


class Teacher:
    """The teacher with its half-whitened principal components."""

    # The coarser map counts more, as it does in the teacher.
    SHARES = (1.0, 2.0)

    def __init__(self, path, device):
        self.network = OnnxNetwork(path).to(device)
        self.device, self.type = device, torch.bfloat16
        self.network.to(self.type)
        self.network.eval()
        self.centers = self.turns = None

    @torch.no_grad()
    def raw(self, batch):
        return [m.float() for m in self.network(prepare(batch, self.device).to(self.type))[-2:]]

    def fit(self, batches, outputs):
        sums = None
        for batch in batches:
            rows = [m.permute(0, 2, 3, 1).reshape(-1, m.shape[1]) for m in self.raw(batch)]
            new = [(len(r), r.double().sum(0), (r.t() @ r).double()) for r in rows]
            sums = new if sums is None else [tuple(a + b for a, b in zip(x, y)) for x, y in zip(sums, new)]
        self.centers, self.turns = [], []
        for (count, total, square), kept, share in zip(sums, outputs, self.SHARES):
            center = total / count
            values, vectors = torch.linalg.eigh((square / count - torch.outer(center, center)).cpu())
            values, vectors = values.flip(0)[:kept].clamp(min=1e-9), vectors.flip(1)[:, :kept]
            # The sign of an eigenvector is anyone's choice; fixed, a run repeats.
            vectors = vectors * torch.sign(vectors.gather(0, vectors.abs().argmax(0, keepdim=True)))
            turn = vectors * values ** -0.25
            turn = turn * math.sqrt(share / values.sqrt().sum())
            self.centers.append(center.float().to(self.device))
            self.turns.append(turn.float().to(self.device))

    def targets(self, batch):
        return [((m.permute(0, 2, 3, 1) - c) @ t).permute(0, 3, 1, 2) for m, c, t in zip(self.raw(batch), self.centers, self.turns)]


def prepare(batch, device):
    x = torch.as_tensor(batch).to(device).permute(0, 3, 1, 2).float() / 255
    x = (x - torch.tensor(MEAN, device=device).view(3, 1, 1)) / torch.tensor(STD, device=device).view(3, 1, 1)
    return x.contiguous(memory_format=torch.channels_last)


def error(output, target, share, within):
    """Mean squared error, 1 for an output that is constant; and the same within crops, relative to their own variance."""
    difference = output.float() - target
    plain = difference.square().sum(1).mean() / share
    mean = target.mean((2, 3), keepdim=True)
    varying = (target - mean).square().sum(1).mean((1, 2))
    off = (difference - difference.mean((2, 3), keepdim=True)).square().sum(1).mean((1, 2))
    return plain + within * (off / (varying + 0.03 * share)).mean()


class Buffer:
    """The latest crops with their targets; draws are without regard to age."""

    def __init__(self, size, device):
        self.size, self.device, self.arrays, self.added = size, device, None, 0

    def add(self, values):
        if self.arrays is None:
            self.arrays = [torch.empty((self.size, *v.shape[1:]), dtype=v.dtype, device=self.device) for v in values]
        where = (torch.arange(len(values[0])) + self.added) % self.size
        for array, value in zip(self.arrays, values):
            array[where.to(self.device)] = value
        self.added += len(where)

    def draw(self, count, generator):
        index = torch.randint(min(self.added, self.size), (count,), generator=generator).to(self.device)
        return [array[index] for array in self.arrays]


def save(path, **content):
    torch.save(content, path + ".part")
    os.replace(path + ".part", path)


def main():
    options = parse()
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    replay = options.replay or (1 if device.type == "cuda" else 3)
    torch.manual_seed(options.seed)
    # Left alone, torch counts cores where a container counts their threads.
    torch.set_num_threads(os.cpu_count() or 1)
    state = torch.load(options.resume, map_location=device) if options.resume else None
    warm = torch.load(options.warm_start, map_location=device) if options.warm_start else None
    drawn = images.generated(options.generated, options.out, options.workers or (os.cpu_count() or 2))
    crops_of = images.Crops(options.photos, drawn, options.crop, options.photo_share, options.seed, options.scales)
    source = images.batches(crops_of, options.batch, state["crops"] if state else 0, options.workers or max(1, (os.cpu_count() or 2) - 1))

    teacher = Teacher(options.teacher, device)
    student_options = {"outputs": tuple(options.outputs)}
    if state or warm:
        student_options = (state or warm)["student_options"]
        teacher.centers, teacher.turns = (state or warm)["centers"], (state or warm)["turns"]
    else:
        teacher.fit((next(source) for _ in range(4 if options.quick else 24)), options.outputs)
    student = Student(**student_options).to(device).to(memory_format=torch.channels_last)
    average = Student(**student_options).to(device).eval()
    decayed = [p for p in student.parameters() if p.ndim > 1]
    others = [p for p in student.parameters() if p.ndim <= 1]
    optimizer = torch.optim.AdamW([{"params": decayed, "weight_decay": 0.02}, {"params": others, "weight_decay": 0.0}], lr=options.rate)
    step, crops, progress, elapsed = 0, 0, 0.0, 0.0
    if state:
        student.load_state_dict(state["student"])
        optimizer.load_state_dict(state["optimizer"])
        step, crops, progress, elapsed = state["step"], state["crops"], state["progress"], state["elapsed"]
    elif warm:
        student.load_state_dict(warm["average"])
    average.load_state_dict(state["average"] if state else student.state_dict())
    schedule = Schedule(options, step / options.steps if options.steps else progress, elapsed)
    if schedule.progress >= 1:
        raise SystemExit("the checkpoint's schedule has ended already: give more --steps or --minutes, or begin a new one with --warm-start")
    generator = torch.Generator().manual_seed(options.seed + step)
    buffer = Buffer(options.buffer, device)
    losses, running, saved, told, first = [], True, time.time(), time.time(), step
    path = os.path.join(options.out, "checkpoint.pt")

    def checkpoint():
        save(path, student=student.state_dict(), average=average.state_dict(), optimizer=optimizer.state_dict(), step=step, crops=crops,
             progress=schedule.progress, elapsed=schedule.elapsed, student_options=student_options, centers=teacher.centers, turns=teacher.turns,
             options=vars(options))

    print(f"device {device}, torch {torch.__version__}, {sum(p.numel() for p in student.parameters())} parameters", flush=True)
    while running:
        batch = torch.from_numpy(next(source)).to(device)
        crops += len(batch)
        buffer.add([batch] + [t.half() for t in teacher.targets(batch)])
        for _ in range(replay if buffer.added >= 8 * options.batch else 1):
            pixels, *targets = buffer.draw(options.batch, generator)
            rate = min(1, (step + 1 - first) / 100) * 0.5 * (1 + math.cos(math.pi * min(1, schedule.progress)))
            for group in optimizer.param_groups:
                group["lr"] = options.rate * rate
            with torch.autocast(device.type, dtype=torch.bfloat16):
                outputs = student(prepare(pixels, device))
            loss = sum(error(o, t.float(), share, options.within) for o, t, share in zip(outputs, targets, Teacher.SHARES))
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(student.parameters(), 2.0)
            optimizer.step()
            step += 1
            with torch.no_grad():
                decay = min(0.998, (1 + step) / (10 + step))
                for a, b in zip(average.state_dict().values(), student.state_dict().values()):
                    if a.is_floating_point():
                        a.mul_(decay).add_(b, alpha=1 - decay)
                    else:
                        a.copy_(b)
            losses.append(loss.detach())
            running = schedule.advance(step)
            if time.time() - told > 30 or not running:
                mean = torch.stack(losses).mean().item()
                print(f"step {step}  crops {crops}  progress {schedule.progress:.3f}  minutes {schedule.elapsed / 60:.1f}  loss {mean:.4f}", flush=True)
                if not math.isfinite(mean):
                    raise SystemExit("the loss is not finite: resume from the last checkpoint with a lower --rate")
                losses, told = [], time.time()
            if time.time() - saved > 60 * options.checkpoint_minutes or not running:
                checkpoint()
                saved = time.time()
            if not running:
                break
    print(f"wrote {path}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
