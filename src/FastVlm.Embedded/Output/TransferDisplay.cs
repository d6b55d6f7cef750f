using System.Globalization;
using FastVlm.Onnx.Store.Hub;
using Spectre.Console;

namespace FastVlm.Embedded.Output;

/// <summary>Shows a transfer: one line redrawn on a terminal, a line now and then elsewhere, JSON lines for programs.</summary>
internal sealed class TransferDisplay(CommandOutput output, TimeProvider timeProvider) : IProgress<TransferProgress>, IDisposable
{
    private const int BarCells = 24;
    private const string StartOfClearedLine = "\r\u001b[2K";
    private static readonly TimeSpan LineEvery = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan EventEvery = TimeSpan.FromSeconds(1);

    private long _written = timeProvider.GetTimestamp();
    private bool _drawn;
    private bool _finished;

    public void Report(TransferProgress value)
    {
        if (output.MessagesAreLive)
        {
            Draw(value);
            return;
        }

        var finished = value.BytesDone == value.BytesTotal && !_finished;
        var pause = output.Json ? EventEvery : LineEvery;
        if (value.Waiting is null && !finished && timeProvider.GetElapsedTime(_written) < pause)
        {
            return;
        }

        _finished |= finished;
        _written = timeProvider.GetTimestamp();
        output.Event(new
        {
            Type = "progress",
            File = value.Path,
            value.BytesDone,
            value.BytesTotal,
            BytesPerSecond = Math.Round(value.BytesPerSecond),
            SecondsLeft = value.Remaining is { } left ? Math.Round(left.TotalSeconds, 1) : (double?)null,
            value.Waiting,
        });
        if (!output.Json)
        {
            output.Messages.WriteLine(Describe(value));
        }
    }

    public void Dispose()
    {
        if (_drawn)
        {
            output.Messages.WriteLine();
            _drawn = false;
        }
    }

    public static string Describe(TransferProgress progress)
    {
        var amount = progress.BytesTotal is { } total
            ? $"{Quantities.Bytes(progress.BytesDone)} of {Quantities.Bytes(total)}"
            : Quantities.Bytes(progress.BytesDone);
        return progress switch
        {
            { Waiting: { } waiting } => $"{progress.Path}  {amount}  {waiting}",
            { Remaining: { } left, BytesDone: var done } when done < progress.BytesTotal =>
                $"{progress.Path}  {amount}  {Quantities.Bytes(progress.BytesPerSecond)}/s  {Quantities.Duration(left)} left",
            _ => $"{progress.Path}  {amount}",
        };
    }

    private void Draw(TransferProgress value)
    {
        var share = value.BytesTotal is > 0 and var total ? (double)value.BytesDone / total : 0;
        var full = (int)Math.Round(share * BarCells);
        var text = Describe(value);
        var room = Math.Max(20, output.Messages.Profile.Width - BarCells - 9);
        text = text.Length > room ? text[..(room - 1)] + "…" : text;
        var percent = (share * 100).ToString("0", CultureInfo.InvariantCulture).PadLeft(3);
        output.Messages.Write(new ControlCode(StartOfClearedLine));
        output.Messages.Markup(
            $"[green]{new string('━', full)}[/][grey]{new string('━', BarCells - full)}[/] {percent} % {Markup.Escape(text)}");
        _drawn = true;
    }
}
