using System.Diagnostics;
using FastVlm.Embedded.Commands;
using FastVlm.Onnx;
using FastVlm.Onnx.Devices;
using FastVlm.Onnx.Store;
using FastVlm.Pipeline.Captions;
using FastVlm.Pipeline.Frames;

namespace FastVlm.Embedded.Models;

/// <summary>A model that was found, checked and loaded as the user named it, with what must be said of it.</summary>
internal sealed class LoadedModel : IVisionLanguageModel
{
    private readonly FastVlmModel _model;

    private LoadedModel(FastVlmModel model, ModelDirectory directory, TimeSpan loadTime)
    {
        _model = model;
        LicenceNotice = directory.LicenceNotice;
        Dtype = directory.Dtype;
        SizeBytes = directory.SizeBytes;
        LoadTime = loadTime;
    }

    public ModelDescription Description => _model.Description;

    /// <summary>What must accompany the model wherever it is used; null where its licence asks for nothing.</summary>
    public string? LicenceNotice { get; }

    /// <summary>Precision; null where the directory does not say.</summary>
    public string? Dtype { get; }

    /// <summary>Size of its files.</summary>
    public long SizeBytes { get; }

    public TimeSpan LoadTime { get; }

    /// <summary>Finds, checks and loads what the user named.</summary>
    /// <exception cref="Pipeline.FailureException">There is no such model, it is damaged, or the device is absent.</exception>
    public static async Task<LoadedModel> LoadAsync(ModelChoice choice, CommandContext context, CancellationToken cancellationToken)
    {
        var shelf = new ModelShelf(context);
        var isExported = shelf.Find(choice.NameOrFolder) is ModelReference.Checkpoint;
        var device = ComputeDevice.Parse(choice.Device);
        var directory = await shelf.TakeAsync(choice.NameOrFolder, choice.Dtype, cancellationToken);
        var options = new ModelOptions
        {
            Device = device,
            // A checkpoint was exported as it was asked for; a directory may hold several precisions.
            Dtype = isExported ? null : choice.Dtype,
            Template = choice.Template,
        };
        OnnxRuntimeStart.Prepare();
        var begin = Stopwatch.GetTimestamp();
        var model = await Task.Run(() => FastVlmModel.Load(directory, options), cancellationToken);
        return new LoadedModel(model, directory, Stopwatch.GetElapsedTime(begin));
    }

    public Generation Generate(RgbImage image, GenerationRequest request, Action<string>? onText, CancellationToken cancellationToken) =>
        _model.Generate(image, request, onText, cancellationToken);

    public void Dispose() => _model.Dispose();
}
