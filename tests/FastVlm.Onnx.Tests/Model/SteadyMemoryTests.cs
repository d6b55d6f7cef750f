using System.Diagnostics;
using FastVlm.Pipeline.Captions;

namespace FastVlm.Onnx.Tests.Model;

[CollectionDefinition(nameof(SteadyMemoryTests), DisableParallelization = true)]
public sealed class AloneInTheProcess;

/// <summary>A camera runs for months: what a call takes, it gives back.</summary>
[Collection(nameof(SteadyMemoryTests))]
public sealed class SteadyMemoryTests(MiniModel mini)
{
    private const int WarmUpCalls = 200;
    private const int CallsPerSample = 250;

    // Losing one picture's features (8 kB) per call would be 16 MB, one growing cache (100 kB) 200 MB.
    private const long GrowthMaxBytes = 12 << 20;

    [Theory]
    [InlineData(2_000, false)]
    [InlineData(500, true)]
    public void Memory_stays_flat_over_thousands_of_calls_with_changing_pictures_and_prompts(int calls, bool publicLayout)
    {
        using var model = FastVlmModel.Load(
            publicLayout ? mini.PublicLayout : mini.Directory,
            new ModelOptions { Threads = 1, SharesCacheBuffers = publicLayout ? false : null });
        Call(model, 0, WarmUpCalls);
        var lowest = ResidentBytes();

        for (var call = 0; call < calls; call += CallsPerSample)
        {
            Call(model, WarmUpCalls + call, CallsPerSample);
            lowest = Math.Min(lowest, ResidentBytes());
        }

        // From the lowest: what earlier tests held may still be going back to the system, and would hide a leak.
        var growth = ResidentBytes() - lowest;
        TestContext.Current.SendDiagnosticMessage($"{calls} calls: {growth / 1024} kB more resident memory");
        Assert.True(growth < GrowthMaxBytes, $"{calls} calls left {growth / 1024} kB more resident memory "
            + $"(limit {GrowthMaxBytes / 1024} kB)");
    }

    [Fact]
    public void Tokens_cost_few_bytes_of_garbage()
    {
        using var model = FastVlmModel.Load(mini.Directory, new ModelOptions { Threads = 1 });
        Generate(model, 1, 200);

        var few = AllocatedBy(() => Generate(model, 1, 20));
        var many = AllocatedBy(() => Generate(model, 1, 200));

        // The name of the one input that is bound anew, and the token in the answer.
        Assert.InRange((many - few) / 180, 0, 256);
    }

    private static long AllocatedBy(Action action)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        action();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static void Call(FastVlmModel model, int first, int count)
    {
        for (var i = first; i < first + count; i++) Generate(model, i, 1 + i % 3);
    }

    private static void Generate(FastVlmModel model, int variation, int tokens)
    {
        var picture = SamplePictures.Noise(40 + variation * 7 % 60, 30 + variation * 11 % 50, variation % 8);
        var request = new GenerationRequest
        {
            Prompt = new string('x', 1 + variation % 90),
            MaxNewTokens = tokens,
            Questions = variation % 4 == 0 ? ["Is it?", new string('y', 1 + variation % 70)] : [],
        };
        model.Generate(picture, request, null, TestContext.Current.CancellationToken);
    }

    private static long ResidentBytes()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }
}
