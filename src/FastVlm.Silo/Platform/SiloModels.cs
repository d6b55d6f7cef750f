using FastVlm.Grains.Inference;
using FastVlm.Onnx;
using FastVlm.Onnx.Devices;
using FastVlm.Onnx.Store;
using FastVlm.Pipeline;
using FastVlm.Pipeline.Captions;
using FastVlm.Pipeline.Inference;
using Microsoft.Extensions.Logging;

namespace FastVlm.Silo.Platform;

/// <summary>One device of this node: the model that was loaded on it, and the worker that owns it.</summary>
internal sealed record SiloDevice(string Name, ModelCard Card, IVisionLanguageModel Model, InferenceWorker Worker) : IDisposable
{
    public void Dispose()
    {
        Worker.Dispose();
        Model.Dispose();
    }
}

/// <summary>Loads the node's model once on each of its devices.</summary>
internal static class SiloModels
{
    /// <exception cref="FailureException">There is no such model, it is damaged, or a device is absent.</exception>
    public static async Task<IReadOnlyList<SiloDevice>> LoadAsync(
        SiloSettings settings, TimeProvider timeProvider, ILogger logger, CancellationToken cancellationToken)
    {
        var devices = new List<SiloDevice>();
        if (settings.ComputeDevices.Count == 0)
        {
            return devices;
        }

        var directory = Find(settings.Model);
        await directory.VerifyAsync(bytesRead: null, cancellationToken);
        foreach (var (compute, name) in settings.ComputeDevices.Zip(settings.Cluster.Devices))
        {
            var options = new ModelOptions { Device = ComputeDevice.Parse(compute), Dtype = settings.Dtype };
            var model = await Task.Run(() => FastVlmModel.Load(directory, options), cancellationToken);
            devices.Add(NewDevice(name, model, CardOf(directory, model), timeProvider, logger));
            logger.ModelLoaded(model.Description.Name, name, model.Description.Licence);
        }

        return devices;
    }

    public static SiloDevice NewDevice(
        string name, IVisionLanguageModel model, ModelCard card, TimeProvider timeProvider, ILogger logger) =>
        new(name, card, model, new InferenceWorker(model, timeProvider, logger, Grains.ClusterLimits.DeviceQueueMax)
        {
            Figures = new LookFigures(timeProvider),
        });

    public static LocalDevices ToLocal(IEnumerable<SiloDevice> devices, DeviceParts parts) =>
        new(devices.Select(device => new LocalDevice(device.Name, device.Card, device.Worker, parts)));

    private static ModelCard CardOf(ModelDirectory directory, FastVlmModel model) => new()
    {
        Name = model.Description.Name,
        Licence = model.Description.Licence,
        LicenceNotice = directory.LicenceNotice,
        IsActive = true,
        IsInstalled = true,
        SizeBytes = directory.SizeBytes,
        Dtype = directory.Dtype,
        Description = model.Description,
    };

    /// <summary>A folder with graphs, or a model that <c>fastvlm models pull</c> has installed.</summary>
    private static ModelDirectory Find(string nameOrFolder)
    {
        var home = ModelHome.FromEnvironment(Environment.GetEnvironmentVariable);
        return ModelDirectory.Exists(nameOrFolder) ? ModelDirectory.Open(nameOrFolder)
            : home.IsInstalled(nameOrFolder) ? ModelDirectory.Open(home.ModelFolder(nameOrFolder))
            : throw new FailureException(
                FailureKind.ModelInvalid,
                $"There is no model '{nameOrFolder}': it is neither a folder with {ModelDirectory.GraphFolder}/*.onnx nor an installed "
                + "model; install one with `fastvlm models pull` or export one with `fastvlm models export`.");
    }
}
