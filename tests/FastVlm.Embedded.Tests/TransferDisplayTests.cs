using FastVlm.Embedded.Output;
using FastVlm.Onnx.Store.Hub;

namespace FastVlm.Embedded.Tests;

public sealed class TransferDisplayTests
{
    [Theory]
    [InlineData(false, "done.bin  10 MB of 10 MB\n")]
    [InlineData(true, "")]
    public void In_a_file_the_end_is_told_once(bool json, string told)
    {
        using var error = new StringWriter { NewLine = "\n" };
        using var display = new TransferDisplay(new CommandOutput(Environment(error), json), TimeProvider.System);

        foreach (var file in (string[])["done.bin", "small.json", "smaller.json"])
        {
            display.Report(new TransferProgress { Path = file, BytesDone = 10_000_000, BytesTotal = 10_000_000, BytesPerSecond = 1 });
        }

        Assert.Equal(told, error.ToString());
    }

    [Fact]
    public void Why_nothing_moves_is_told_at_once()
    {
        using var error = new StringWriter { NewLine = "\n" };
        using var display = new TransferDisplay(new CommandOutput(Environment(error), json: false), TimeProvider.System);

        display.Report(new TransferProgress
        {
            Path = "graph.onnx",
            BytesDone = 1_500_000,
            BytesTotal = 3_000_000,
            BytesPerSecond = 0,
            Waiting = "the hub answers 429; next attempt in 1 s",
        });

        Assert.Equal("graph.onnx  1.5 MB of 3 MB  the hub answers 429; next attempt in 1 s\n", error.ToString());
    }

    [Fact]
    public void The_rate_and_the_time_left_are_told_in_words() =>
        Assert.Equal(
            "graph.onnx  1 GB of 4 GB  10 MB/s  5 min 0 s left",
            TransferDisplay.Describe(new TransferProgress
            {
                Path = "graph.onnx",
                BytesDone = 1_000_000_000,
                BytesTotal = 4_000_000_000,
                BytesPerSecond = 10_000_000,
            }));

    private static CommandEnvironment Environment(TextWriter error) => new()
    {
        Out = TextWriter.Null,
        Error = error,
        OutIsTerminal = false,
        ErrorIsTerminal = false,
        Variable = _ => null,
        TimeProvider = TimeProvider.System,
        ApplicationFolder = AppContext.BaseDirectory,
    };
}
