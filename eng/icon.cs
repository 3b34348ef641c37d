#:package System.IO.Hashing
#:property PublishAot=false

// Draws the icon of the packages, a wafer with a hot spot: `dotnet run eng/icon.cs -- eng/icon.png`.
using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;

const int Side = 128;
const int Samples = 4;

if (args is not [string path])
{
    Console.Error.WriteLine("usage: icon.cs FILE.png");
    return 2;
}

// Rows of a PNG file: a filter byte, then red, green, blue and alpha of each pixel.
byte[] rows = new byte[Side * (1 + (4 * Side))];
for (int y = 0; y < Side; y++)
{
    for (int x = 0; x < Side; x++)
    {
        double red = 0, green = 0, blue = 0, covered = 0;
        for (int sample = 0; sample < Samples * Samples; sample++)
        {
            double u = ((x + (((sample % Samples) + 0.5) / Samples)) / Side * 2) - 1;
            double v = ((y + (((sample / Samples) + 0.5) / Samples)) / Side * 2) - 1;
            if (Wafer(u, v) is (double r, double g, double b))
            {
                red += r;
                green += g;
                blue += b;
                covered++;
            }
        }

        Span<byte> pixel = rows.AsSpan((y * (1 + (4 * Side))) + 1 + (4 * x), 4);
        if (covered > 0)
        {
            pixel[0] = (byte)Math.Round(255 * red / covered);
            pixel[1] = (byte)Math.Round(255 * green / covered);
            pixel[2] = (byte)Math.Round(255 * blue / covered);
            pixel[3] = (byte)Math.Round(255 * covered / (Samples * Samples));
        }
    }
}

byte[] header = [0, 0, 0, Side, 0, 0, 0, Side, 8, 6, 0, 0, 0];
using var compressed = new MemoryStream();
using (var zlib = new ZLibStream(compressed, CompressionLevel.SmallestSize, leaveOpen: true))
{
    zlib.Write(rows);
}

using FileStream file = File.Create(path);
file.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]);
Chunk(file, "IHDR", header);
Chunk(file, "IDAT", compressed.ToArray());
Chunk(file, "IEND", []);
return 0;

// The color at a place of the square from -1 to 1, or null outside the wafer.
static (double Red, double Green, double Blue)? Wafer(double u, double v)
{
    const double Radius = 0.96;
    const double Notch = 0.08;
    double distance = Math.Sqrt((u * u) + (v * v));
    double notch = Math.Sqrt((u * u) + ((v - Radius) * (v - Radius)));
    if (distance > Radius || notch < Notch)
    {
        return null;
    }

    // Seven dies in each direction, with lines between them, and a rim without dies.
    const double Pitch = 0.25;
    double column = Math.Abs((u / Pitch) - Math.Round(u / Pitch));
    double row = Math.Abs((v / Pitch) - Math.Round(v / Pitch));
    bool isDie = distance < Radius - 0.07 && column < 0.44 && row < 0.44;
    double heat = Math.Exp(-(((u - 0.3) * (u - 0.3)) + ((v + 0.27) * (v + 0.27))) / 0.09);
    (double Red, double Green, double Blue) color = isDie ? (0.16, 0.30, 0.52) : (0.09, 0.15, 0.27);
    return (
        Mix(color.Red, 1.00, Math.Min(1, 2.2 * heat)),
        Mix(color.Green, heat > 0.5 ? 0.35 + (1.1 * (heat - 0.5)) : 0.35, Math.Min(1, 1.6 * heat)),
        Mix(color.Blue, 0.10, Math.Min(1, 1.6 * heat)));
}

static double Mix(double from, double to, double share) => from + ((to - from) * share);

static void Chunk(Stream file, string type, byte[] content)
{
    byte[] named = [.. System.Text.Encoding.ASCII.GetBytes(type), .. content];
    Span<byte> number = stackalloc byte[4];
    BinaryPrimitives.WriteInt32BigEndian(number, content.Length);
    file.Write(number);
    file.Write(named);
    BinaryPrimitives.WriteUInt32BigEndian(number, Crc32.HashToUInt32(named));
    file.Write(number);
}
