using SemiDefect.Anomaly.Gpu.Tests.Support;
using SemiDefect.Anomaly.Search.Neighbors;

namespace SemiDefect.Anomaly.Gpu.Tests;

public sealed class AcceleratorChoiceTests
{
    [Theory]
    [InlineData("cpu")]
    [InlineData("CPU")]
    public void The_CPU_needs_no_accelerator(string choice) => Assert.Null(AcceleratorChoice.Open(choice));

    [Fact]
    public void Auto_is_a_GPU_or_the_CPU_and_never_the_emulator()
    {
        using SearchAccelerator? accelerator = AcceleratorChoice.Open("auto");
        AcceleratorDescription? gpu = AcceleratorChoice.List().FirstOrDefault(device => device.IsGpu);
        Assert.Equal(gpu is null ? null : $"{gpu.Name} ({gpu.Id})", accelerator?.Name);
    }

    [Theory]
    [InlineData("cuda:99")]
    [InlineData("opencl:99")]
    [InlineData("no such card")]
    public void A_missing_device_is_a_one_line_error_that_lists_the_available_ones(string choice)
    {
        AcceleratorException error = Assert.Throws<AcceleratorException>(() => AcceleratorChoice.Open(choice));
        Assert.StartsWith($"There is no device '{choice}' here: ", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("Use --search-device auto or cpu.", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public void The_emulator_is_always_available_and_passes_its_test()
    {
        Assert.Equal("emulated", Machine.Find(AcceleratorKind.Emulated)!.Id);
        AcceleratorTestResult result = AcceleratorSelfTest.Run("emulated");
        Assert.True(result.Passed, result.Detail);
    }

    [Fact]
    public void A_missing_device_fails_its_test()
    {
        AcceleratorTestResult result = AcceleratorSelfTest.Run("cuda:99");
        Assert.False(result.Passed);
        Assert.StartsWith("There is no device 'cuda:99'", result.Detail, StringComparison.Ordinal);
    }
}
