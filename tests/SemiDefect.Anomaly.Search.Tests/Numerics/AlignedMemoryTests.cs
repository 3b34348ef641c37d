using SemiDefect.Anomaly.Search.Numerics;

namespace SemiDefect.Anomaly.Search.Tests.Numerics;

public sealed unsafe class AlignedMemoryTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1000)]
    [InlineData((4 << 20) - 1)]
    [InlineData(4 << 20)]
    [InlineData((9 << 20) + 5)]
    public void Blocks_of_any_size_are_aligned_writable_and_zero_even_in_reused_memory(int bytes)
    {
        for (int round = 0; round < 3; round++)
        {
            void* memory = AlignedMemory.Allocate((nuint)bytes);
            try
            {
                Assert.Equal(0, (long)memory % 64);
                var block = new Span<byte>(memory, bytes);
                Assert.Equal(-1, block.IndexOfAnyExcept((byte)0));
                block.Fill(0xAB);
            }
            finally
            {
                AlignedMemory.Free(memory);
            }
        }
    }
}
