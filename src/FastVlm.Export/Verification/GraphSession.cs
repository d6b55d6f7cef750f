using FastVlm.Pipeline;
using Microsoft.ML.OnnxRuntime;

namespace FastVlm.Export.Verification;

/// <summary>Opens a graph of a model directory on the CPU.</summary>
internal static class GraphSession
{
    /// <summary>Opens a file of onnx/; appended bytes extend its graph, as concatenated protobuf messages merge.</summary>
    public static InferenceSession Open(string modelDirectory, string graph, ModelDtype dtype, byte[]? appended = null)
    {
        var path = Path.GetFullPath(Path.Combine(modelDirectory, "onnx", $"{graph}{dtype.FileSuffix()}.onnx"));
        if (!File.Exists(path))
        {
            throw new FailureException(FailureKind.ModelInvalid, $"The model directory '{modelDirectory}' lacks the graph '{path}'.");
        }

        using var options = new SessionOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        try
        {
            if (appended is null)
            {
                return new InferenceSession(path, options);
            }

            options.AddSessionConfigEntry("session.model_external_initializers_file_folder_path", Path.GetDirectoryName(path)!);
            return new InferenceSession([.. File.ReadAllBytes(path), .. appended], options);
        }
        catch (OnnxRuntimeException e)
        {
            throw new FailureException(FailureKind.ModelInvalid, $"ONNX Runtime cannot load '{path}': {e.Message}", e);
        }
    }

    /// <summary>A tensor's values as floats, whether it is float or half.</summary>
    public static float[] ToFloats(this OrtValue value)
    {
        var elementType = value.GetTensorTypeAndShape().ElementDataType;
        if (elementType == Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.Float)
        {
            return value.GetTensorDataAsSpan<float>().ToArray();
        }

        var halves = value.GetTensorDataAsSpan<Float16>();
        var floats = new float[halves.Length];
        for (var i = 0; i < halves.Length; i++)
        {
            floats[i] = (float)BitConverter.UInt16BitsToHalf(halves[i].value);
        }

        return floats;
    }
}
