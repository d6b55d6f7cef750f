using FastVlm.Pipeline;
using Microsoft.ML.OnnxRuntime;

namespace FastVlm.Onnx.Devices;

/// <summary>Adds the provider of a device to a session, or says in one sentence what is missing.</summary>
internal static class ExecutionProvider
{
    private const string CudaRegistration = "FastVlmCuda";
    private const string CudaProviderName = "CUDAExecutionProvider";

    private static readonly Lock Registering = new();
    private static bool _cudaRegistered;

    /// <exception cref="FailureException">DeviceAbsent: the device or its provider is not on this machine.</exception>
    public static void Append(SessionOptions options, ComputeDevice device)
    {
        switch (device.Kind)
        {
            case ComputeDeviceKind.Cuda:
                AppendCuda(options, device);
                break;
            case ComputeDeviceKind.CoreMl:
                AppendBuiltIn(options, device, "CoreML", OperatingSystem.IsMacOS(), "macOS with Apple silicon");
                break;
            case ComputeDeviceKind.DirectMl:
                AppendBuiltIn(options, device, "DML", OperatingSystem.IsWindows(), "Windows with the DirectML build of ONNX Runtime");
                break;
        }
    }

    private static void AppendBuiltIn(SessionOptions options, ComputeDevice device, string provider, bool onItsSystem, string where)
    {
        if (!onItsSystem) throw Absent(device, $"it exists only on {where}; use cpu");
        try
        {
            options.AppendExecutionProvider(provider, []);
        }
        catch (OnnxRuntimeException refused)
        {
            throw Absent(device, $"this build of ONNX Runtime has no {provider} provider ({refused.Message}); use cpu", refused);
        }
    }

    /// <summary>Where a device keeps tensors; null where that is the machine's own memory.</summary>
    public static OrtMemoryInfo? MemoryOf(ComputeDevice device) => device.Kind == ComputeDeviceKind.Cuda
        ? CudaDevice(OrtEnv.Instance(), device).GetMemoryInfo(OrtDeviceMemoryType.DEFAULT)
        : null;

    // Since 1.23 the CUDA provider is a plug-in: a library beside the program that is registered by path.
    private static void AppendCuda(SessionOptions options, ComputeDevice device)
    {
        var environment = OrtEnv.Instance();
        RegisterCuda(environment, device);
        options.AppendExecutionProvider(environment, [CudaDevice(environment, device)], new Dictionary<string, string>());
    }

    private static OrtEpDevice CudaDevice(OrtEnv environment, ComputeDevice device)
    {
        var found = environment.GetEpDevices().Where(candidate => candidate.EpName == CudaProviderName).ToList();
        if (found.Count == 0)
        {
            throw Absent(device, "no NVIDIA GPU is visible; install the NVIDIA driver and check that nvidia-smi lists it, or use cpu");
        }

        return device.Index < found.Count
            ? found[device.Index]
            : throw Absent(device, $"this machine has {found.Count} CUDA device(s), cuda:0 to cuda:{found.Count - 1}");
    }

    private static void RegisterCuda(OrtEnv environment, ComputeDevice device)
    {
        lock (Registering)
        {
            if (_cudaRegistered) return;
            var file = OperatingSystem.IsWindows() ? "onnxruntime_providers_cuda.dll" : "libonnxruntime_providers_cuda.so";
            var library = Path.Combine(AppContext.BaseDirectory, file);
            if (!File.Exists(library))
            {
                throw Absent(
                    device,
                    $"ONNX Runtime's CUDA provider '{file}' is not beside the program; "
                        + "run ./run once on a machine where nvidia-smi lists a GPU, or use cpu");
            }

            try
            {
                environment.RegisterExecutionProviderLibrary(CudaRegistration, library);
                _cudaRegistered = true;
            }
            catch (OnnxRuntimeException refused)
            {
                throw Absent(
                    device,
                    $"ONNX Runtime's CUDA provider cannot be loaded ({refused.Message.TrimEnd('.', '\n')}); "
                        + "install the CUDA 13 runtime and cuDNN 9, or use cpu",
                    refused);
            }
        }
    }

    private static FailureException Absent(ComputeDevice device, string why, Exception? inner = null) =>
        new(FailureKind.DeviceAbsent, $"The device '{device}' cannot be used: {why}.", inner);
}
