using FastVlm.Onnx.Store;
using FastVlm.Pipeline;

namespace FastVlm.Embedded.Models;

/// <summary>What <c>--model NAME|DIR</c> leads to.</summary>
internal abstract record ModelReference(string Name, string Path)
{
    /// <summary>A folder with graphs, ready to run.</summary>
    internal sealed record Graphs(string Name, string Path) : ModelReference(Name, Path);

    /// <summary>A folder with safetensors, to be exported first.</summary>
    internal sealed record Checkpoint(string Name, string Path) : ModelReference(Name, Path);

    /// <summary>A pulled or imported model first, then a built-in one, then a folder. "./x" is always a folder.</summary>
    /// <exception cref="FailureException">It is none of them.</exception>
    public static ModelReference Find(string nameOrFolder, ModelHome home, ShippedModels shipped)
    {
        if (home.IsInstalled(nameOrFolder))
        {
            return new Graphs(nameOrFolder, home.ModelFolder(nameOrFolder));
        }

        if (shipped.FindCheckpoint(nameOrFolder) is { } checkpoint)
        {
            return new Checkpoint(nameOrFolder, checkpoint);
        }

        if (!Directory.Exists(nameOrFolder))
        {
            throw new FailureException(
                FailureKind.ModelInvalid,
                $"There is no model '{nameOrFolder}': neither an installed one, a built-in one, nor a folder; `fastvlm "
                + "models list` shows what there is.");
        }

        return ModelDirectory.Exists(nameOrFolder) ? new Graphs(ModelDirectory.Open(nameOrFolder).Name, nameOrFolder)
            : IsCheckpoint(nameOrFolder) ? new Checkpoint(ModelName.FromFolder(nameOrFolder), nameOrFolder)
            : throw new FailureException(
                FailureKind.ModelInvalid,
                $"Folder '{nameOrFolder}' is no model: it has neither {ModelDirectory.GraphFolder}/*.onnx nor *.safetensors "
                + "with a config.json.");
    }

    /// <summary>True for a folder with config.json and safetensors, and without graphs.</summary>
    public static bool IsCheckpoint(string folder) =>
        !ModelDirectory.Exists(folder)
        && File.Exists(System.IO.Path.Combine(folder, "config.json"))
        && Directory.EnumerateFiles(folder, "*.safetensors").Any();
}
