using FastVlm.Export.Checkpoints;
using FastVlm.Pipeline;

namespace FastVlm.Export;

/// <summary>
/// Exports a FastVLM checkpoint to the three ONNX graphs of a model directory. The directory appears complete or not
/// at all: everything is written beside it under another name and renamed at the end.
/// </summary>
public static class CheckpointExporter
{
    /// <summary>
    /// Runs for seconds (mini) to minutes (7B) on the calling thread, where it also reports its progress.
    /// </summary>
    /// <exception cref="FailureException">
    /// CheckpointInvalid: the checkpoint is damaged or foreign (the message names tensor or byte). Usage: the output
    /// directory exists and is not empty, or cannot be written.
    /// </exception>
    /// <exception cref="OperationCanceledException">Cancelled; nothing is left behind.</exception>
    public static ExportReport Export(ExportOptions options, IProgress<ExportProgress>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        using var checkpoint = Checkpoint.Open(options.CheckpointDirectory);
        return ModelDirectory.Create(
            options.OutputDirectory,
            staging => new ModelWriter(options, checkpoint, checkpoint.Config, staging).Write(progress, cancellationToken));
    }
}
