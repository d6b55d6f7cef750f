using FastVlm.Onnx.Store.Hub;

namespace FastVlm.Embedded.Tests.Hub;

public sealed class TransferMeterTests
{
    [Fact]
    public void The_rate_is_that_of_the_last_seconds_and_gives_the_time_left()
    {
        var meter = new TransferMeter(3000);
        for (var second = 1; second <= 20; second++)
        {
            meter.Add(second <= 10 ? 10 : 100, TimeSpan.FromSeconds(second));
        }

        var progress = meter.At("file", TimeSpan.FromSeconds(20));

        Assert.Equal(1100, progress.BytesDone);
        Assert.InRange(progress.BytesPerSecond, 95, 115);
        Assert.InRange(progress.Remaining!.Value.TotalSeconds, 16, 20);
    }

    [Fact]
    public void What_was_there_already_counts_as_done_and_not_for_the_rate()
    {
        var meter = new TransferMeter(1000);
        meter.Skip(900);
        meter.Add(10, TimeSpan.Zero);
        meter.Add(10, TimeSpan.FromSeconds(1));

        var progress = meter.At("file", TimeSpan.FromSeconds(1));

        Assert.Equal(920, progress.BytesDone);
        Assert.Equal(20, progress.BytesPerSecond, 0.1);
    }

    [Fact]
    public void A_file_that_starts_over_gives_its_bytes_back()
    {
        var meter = new TransferMeter(1000);
        meter.Add(400, TimeSpan.Zero);
        meter.TakeBack(400);

        Assert.Equal(0, meter.At("file", TimeSpan.FromSeconds(1)).BytesDone);
    }

    [Fact]
    public void Without_a_total_there_is_no_time_left()
    {
        var meter = new TransferMeter(null);
        meter.Add(400, TimeSpan.Zero);

        Assert.Null(meter.At("file", TimeSpan.FromSeconds(1)).Remaining);
    }
}

public sealed class DownloadRetriesTests
{
    private static readonly DownloadRetries Retries = new();

    [Theory]
    [InlineData(1, null, 1.0)]
    [InlineData(2, null, 2.0)]
    [InlineData(5, null, 16.0)]
    [InlineData(7, null, 30.0)]
    [InlineData(1, 5, 5.0)]
    [InlineData(5, 5, 16.0)]
    [InlineData(8, null, null)]
    [InlineData(1, 300, 300.0)]
    [InlineData(1, 301, null)]
    public void Waits_grow_obey_the_server_and_end(int fruitlessAttempts, int? askedSeconds, double? waitSeconds)
    {
        var delay = Retries.Delay(fruitlessAttempts, askedSeconds is { } asked ? TimeSpan.FromSeconds(asked) : null);

        Assert.Equal(waitSeconds, delay?.TotalSeconds);
    }
}
