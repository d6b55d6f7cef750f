using FastVlm.Embedded.Commands;
using FastVlm.Embedded.Output;
using FastVlm.Export;
using FastVlm.Export.Synthesis;
using FastVlm.Onnx.Store.Hub;

namespace FastVlm.Embedded.Models;

/// <summary>Runs the exporter, which computes on its thread, beside the command and shows how far it is.</summary>
internal static class ExportRun
{
    public static Task<ExportReport> ExportAsync(ExportOptions options, CommandContext context, CancellationToken cancellationToken) =>
        RunAsync(progress => CheckpointExporter.Export(options, progress, cancellationToken), context);

    public static Task<ExportReport> SynthesiseAsync(
        SyntheticOptions options, CommandContext context, CancellationToken cancellationToken) =>
        RunAsync(progress => SyntheticModel.Write(options, progress, cancellationToken), context);

    private static async Task<ExportReport> RunAsync(Func<IProgress<ExportProgress>, ExportReport> export, CommandContext context)
    {
        using var display = new TransferDisplay(context.Output, context.Environment.TimeProvider);
        var meter = new Meter(display, context.Environment.TimeProvider);
        return await Task.Run(() => export(meter), CancellationToken.None);
    }

    /// <summary>Turns "bytes written so far" into a transfer with its rate.</summary>
    private sealed class Meter(TransferDisplay display, TimeProvider timeProvider) : IProgress<ExportProgress>
    {
        private static readonly TimeSpan ReportEvery = TimeSpan.FromMilliseconds(100);

        private readonly long _begin = timeProvider.GetTimestamp();
        private TransferMeter? _meter;
        private long _bytes;
        private TimeSpan _reported = -ReportEvery;

        public void Report(ExportProgress value)
        {
            var now = timeProvider.GetElapsedTime(_begin);
            _meter ??= new TransferMeter(value.BytesTotal);
            _meter.Add(value.BytesWritten - _bytes, now);
            _bytes = value.BytesWritten;
            if (now - _reported >= ReportEvery || value.BytesWritten == value.BytesTotal)
            {
                _reported = now;
                // The exporter learns of small files at the end; never show more than all.
                display.Report(_meter.At(value.File, now) with { BytesTotal = value.BytesTotal });
            }
        }
    }
}
