using SemiDefect.Anomaly.Imaging.Codecs;
using SemiDefect.Anomaly.IO;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Evaluation.Tests.Layouts;

/// <summary>
/// A small data set in each layout of docs/datasets.md: six good images to train on, three to evaluate, and three with
/// a blot, masked where the layout has masks.
/// </summary>
internal sealed class LayoutSamples
{
    public const int Training = 6;
    public const int Tested = 3;

    /// <summary>The layouts by the names of the table, each with what to give to a command.</summary>
    public static readonly IReadOnlyDictionary<
        string, (Func<LayoutSamples, string> Write, bool HasSplit, int Masks)> All =
        new SortedDictionary<string, (Func<LayoutSamples, string>, bool, int)>(StringComparer.Ordinal)
        {
            ["MVTec AD"] = (
                sample => sample.Mvtec("train/good", "test/good", "test/scratch", "ground_truth/scratch"), true, 3),
            ["MVTec AD in capitals"] = (
                sample => sample.Mvtec("TRAIN/GOOD", "TEST/GOOD", "TEST/SCRATCH", "GROUND_TRUTH/SCRATCH"), true, 3),
            ["MVTec AD 2"] = (sample => sample.Mvtec2(), true, 3),
            ["MVTec LOCO"] = (sample => sample.Loco(), true, 3),
            ["MVTec 3D"] = (sample => sample.Mvtec3(), true, 3),
            ["BTAD"] = (
                sample => sample.Mvtec("train/ok", "test/ok", "test/ko", "ground_truth/ko", ending: ""), true, 3),
            ["VisA folders"] = (sample => sample.Visa(), false, 3),
            ["VisA csv"] = (sample => sample.VisaList(), true, 3),
            ["KolektorSDD"] = (sample => sample.Kolektor("kos01", "kos01", "_label"), false, 3),
            ["KolektorSDD2"] = (sample => sample.Kolektor("train", "test", "_GT"), true, 3),
            ["OK and NG"] = (sample => sample.Plain("OK", "NG", null), false, 0),
            ["양품 and 불량"] = (sample => sample.Plain("양품", "불량", null), false, 0),
            ["good and types"] = (sample => sample.Plain("good", "crack", "mask/crack"), false, 3),
            ["Real-IAD"] = (sample => sample.RealIad(), true, 3),
            ["Real-IAD folders"] = (sample => sample.RealIadFolders(), false, 3),
            ["ELPV"] = (sample => sample.Elpv(), false, 0),
            ["DACON"] = (sample => sample.Dacon(), false, 0),
            ["csv with split"] = (sample => sample.SplitList(), true, 3),
            ["YOLO"] = (sample => sample.Yolo(), true, 3),
            ["COCO"] = (sample => sample.Coco(), true, 3),
        };

    private readonly string _root;
    private readonly byte[][] _good;
    private readonly byte[][] _bad;
    private readonly byte[] _mask;
    private readonly byte[] _empty;

    public LayoutSamples(string root)
    {
        _root = root;
        string parts = Path.Combine(root, "..", "parts");
        SyntheticParts.WriteGood(parts, Training + Tested);
        _good =
        [
            .. Enumerable.Range(0, Training + Tested).Select(i =>
                File.ReadAllBytes(Path.Combine(parts, $"{i:D3}.png")))
        ];
        _bad =
        [
            .. Enumerable.Range(0, Tested).Select(i =>
                File.ReadAllBytes(SyntheticParts.WriteBad(Path.Combine(parts, "bad.png"), 96, 64 - i)))
        ];
        SmallDataset.WriteMask(Path.Combine(parts, "mask.png"), 96, 64);
        _mask = File.ReadAllBytes(Path.Combine(parts, "mask.png"));
        AtomicFile.Write(
            Path.Combine(parts, "empty.png"), stream => PngWriter.Write(stream, 96, 64, 1, new byte[96 * 64]));
        _empty = File.ReadAllBytes(Path.Combine(parts, "empty.png"));
    }

    private string Mvtec(string train, string good, string bad, string masks, string ending = "_mask")
    {
        Each(Training, i => Put($"{train}/{i:D3}.png", _good[i]));
        Each(Tested, i => Put($"{good}/{i:D3}.png", _good[Training + i]));
        Each(Tested, i => Put($"{bad}/{i:D3}.png", _bad[i]));
        Each(Tested, i => Put($"{masks}/{i:D3}{ending}.png", _mask));
        return _root;
    }

    private string Mvtec2()
    {
        Mvtec("train/good", "test_public/good", "test_public/bad", "test_public/ground_truth/bad");
        Move("train/good/005.png", "validation/good/005.png");
        Put("test_private/000.png", _good[0]);
        Put("test_private_mixed/000.png", _good[1]);
        return _root;
    }

    private string Loco()
    {
        Mvtec("train/good", "test/good", "test/logical_anomalies", "unused");
        Directory.Delete(Path.Combine(_root, "unused"), recursive: true);
        Move("train/good/005.png", "validation/good/005.png");
        Each(Tested, i => Put($"ground_truth/logical_anomalies/{i:D3}/000.png", _mask));
        Each(Tested, i => Put($"ground_truth/logical_anomalies/{i:D3}/001.png", _empty));
        return _root;
    }

    private string Mvtec3()
    {
        Mvtec("train/good/rgb", "test/good/rgb", "test/crack/rgb", "test/crack/gt", ending: "");
        Each(Training, i => Put($"train/good/xyz/{i:D3}.tiff", _good[i]));
        Each(Tested, i => Put($"test/crack/xyz/{i:D3}.tiff", _good[i]));
        return _root;
    }

    private string Visa()
    {
        Each(_good.Length, i => Put($"Data/Images/Normal/{i:D4}.png", _good[i]));
        Each(Tested, i => Put($"Data/Images/Anomaly/{i:D3}.png", _bad[i]));
        Each(Tested, i => Put($"Data/Masks/Anomaly/{i:D3}.png", _mask));
        Write("image_anno.csv", "image,label,mask\n");
        return _root;
    }

    private string VisaList()
    {
        Each(_good.Length, i => Put($"candle/Data/Images/Normal/{i:D4}.png", _good[i]));
        Each(Tested, i => Put($"candle/Data/Images/Anomaly/{i:D3}.png", _bad[i]));
        Each(Tested, i => Put($"candle/Data/Masks/Anomaly/{i:D3}.png", _mask));
        return Write("split_csv/1cls.csv", "object,split,label,image,mask\n"
            + Lines(_good.Length, i => $"candle,{Part(i)},normal,candle/Data/Images/Normal/{i:D4}.png,\n")
            + Lines(Tested, i =>
                $"candle,test,anomaly,candle/Data/Images/Anomaly/{i:D3}.png,candle/Data/Masks/Anomaly/{i:D3}.png\n"));
    }

    private string Kolektor(string train, string test, string ending)
    {
        for (int i = 0; i < _good.Length + Tested; i++)
        {
            string stem = $"{(i < Training ? train : test)}/Part{i}";
            Put($"{stem}.png", i < _good.Length ? _good[i] : _bad[i - _good.Length]);
            Put($"{stem}{ending}.png", i < _good.Length ? _empty : _mask);
        }

        return _root;
    }

    private string Plain(string good, string bad, string? masks)
    {
        Each(_good.Length, i => Put($"{good}/{i}.png", _good[i]));
        Each(Tested, i => Put($"{bad}/{i}.png", _bad[i]));
        if (masks is not null)
        {
            Each(Tested, i => Put($"{masks}/{i}.png", _mask));
        }

        return _root;
    }

    private string RealIad()
    {
        Each(_good.Length, i => Put($"realiad_1024/audiojack/OK/S{i:D4}/C1.png", _good[i]));
        Each(Tested, i => Put($"realiad_1024/audiojack/NG/BX/S{i:D4}/C1.jpg", _bad[i]));
        Each(Tested, i => Put($"realiad_1024/audiojack/NG/BX/S{i:D4}/C1.png", _mask));
        string Good(int i) => $"{{'anomaly_class':'OK','image_path':'OK/S{i:D4}/C1.png','mask_path':null}}";
        string Bad(int i) =>
            $"{{'anomaly_class':'BX','image_path':'NG/BX/S{i:D4}/C1.jpg','mask_path':'NG/BX/S{i:D4}/C1.png'}}";
        return Write(
            "realiad_jsons/audiojack.json",
            Json(
                "{'meta':{'normal_class':'OK','prefix':'audiojack/'},'train':["
                    + string.Join(',', Enumerable.Range(0, Training).Select(Good))
                    + "],'test':["
                    + string.Join(',', Enumerable.Range(Training, Tested).Select(Good))
                    + ","
                    + string.Join(',', Enumerable.Range(0, Tested).Select(Bad))
                    + "]}"));
    }

    private string RealIadFolders()
    {
        Each(_good.Length, i => Put($"OK/S{i:D4}/C1.jpg", _good[i]));
        Each(Tested, i => Put($"NG/BX/S{i:D4}/C1.jpg", _bad[i]));
        Each(Tested, i => Put($"NG/BX/S{i:D4}/C1.png", _mask));
        return _root;
    }

    private string Elpv()
    {
        Each(_good.Length, i => Put($"images/cell{i:D4}.png", _good[i]));
        Each(Tested, i => Put($"images/cell{i + 100:D4}.png", _bad[i]));
        Put("images/cell0200.png", _bad[0]);
        return Write(
            "labels.csv",
            Lines(_good.Length, i => $"images/cell{i:D4}.png  0.0 mono\n")
                + Lines(Tested, i => $"images/cell{i + 100:D4}.png  1.0 poly\n")
                + "images/cell0200.png  0.3333333333333333 poly\n");
    }

    private string Dacon()
    {
        Each(_good.Length, i => Put($"train/TRAIN_{i:D3}.png", _good[i]));
        Each(Tested, i => Put($"train/TRAIN_{i + 100:D3}.png", _bad[i]));
        return Write(
            "train.csv",
            "id,img_path,label\r\n" + Lines(_good.Length, i => $"TRAIN_{i:D3},./train/TRAIN_{i:D3}.png,0\r\n")
                + Lines(Tested, i => $"TRAIN_{i + 100:D3},./train/TRAIN_{i + 100:D3}.png,1\r\n"));
    }

    private string SplitList()
    {
        Each(_good.Length, i => Put($"img/{i}.png", _good[i]));
        Each(Tested, i => Put($"img/b{i}.png", _bad[i]));
        Each(Tested, i => Put($"marks/b{i}.png", _mask));
        return Write(
            "list.csv",
            "path;label;mask;split\r" + Lines(_good.Length, i => $"img/{i}.png;PASS;;{Part(i)}\r")
                + Lines(Tested, i => $"img/b{i}.png;FAIL;marks/b{i}.png;test\r"));
    }

    private string Yolo()
    {
        Each(_good.Length, i => Put($"images/{Part(i)}/{i}.png", _good[i]));
        Each(_good.Length, i => Write($"labels/{Part(i)}/{i}.txt", string.Empty));
        Each(Tested, i => Put($"images/test/b{i}.png", _bad[i]));
        Each(Tested, i => Write($"labels/test/b{i}.txt", "0 0.697917 0.578125 0.145833 0.21875\n"));
        return _root;
    }

    private string Coco()
    {
        Each(_good.Length, i => Put($"{Part(i)}/{i}.png", _good[i]));
        Each(Tested, i => Put($"test/b{i}.png", _bad[i]));
        string Good(int i) => $"{{'id':{i},'file_name':'{i}.png','width':96,'height':64}}";
        string Bad(int i) => $"{{'id':{i + 100},'file_name':'b{i}.png','width':96,'height':{64 - i}}}";
        string Box(int i) => $"{{'id':{i},'image_id':{i + 100},'category_id':1,'bbox':[60,30,14,14]}}";
        void File(string part, IEnumerable<string> images, IEnumerable<string> boxes) => Write(
            $"annotations/instances_{part}.json",
            Json(
                $"{{'images':[{string.Join(',', images)}],'annotations':[{string.Join(',', boxes)}],"
                    + "'categories':[{'id':1,'name':'blot'}]}"));
        File("train", Enumerable.Range(0, Training).Select(Good), []);
        File(
            "test",
            Enumerable.Range(Training, Tested).Select(Good).Concat(Enumerable.Range(0, Tested).Select(Bad)),
            Enumerable.Range(0, Tested).Select(Box));
        return _root;
    }

    private static string Json(string text) => text.Replace('\'', '"');

    private static string Part(int good) => good < Training ? "train" : "test";

    private static string Lines(int count, Func<int, string> line) =>
        string.Concat(Enumerable.Range(0, count).Select(line));

    private static void Each(int count, Action<int> put)
    {
        for (int i = 0; i < count; i++)
        {
            put(i);
        }
    }

    private void Move(string from, string to) => SmallDataset.Move(Path.Combine(_root, from), Path.Combine(_root, to));

    private void Put(string relativePath, byte[] image) => AtomicFile.Write(
        Path.Combine(_root, relativePath), stream => stream.Write(image), flushToDisk: false);

    private string Write(string relativePath, string text)
    {
        string path = Path.Combine(_root, relativePath);
        AtomicFile.WriteText(path, text);
        return path;
    }
}
