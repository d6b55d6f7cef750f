using FastVlm.Export;

[assembly: AssemblyFixture(typeof(FastVlm.Onnx.Tests.Model.MiniModel))]

namespace FastVlm.Onnx.Tests.Model;

/// <summary>The golden mini checkpoint, exported once for all tests of an assembly, with a tokenizer of its size.</summary>
public sealed class MiniModel : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public MiniModel()
    {
        Directory = Export("mini", allPositionLogits: false, ModelDtype.Fp32);
        PublicLayout = Export("mini-public", allPositionLogits: true, ModelDtype.Fp32);
    }

    public static string Checkpoint { get; } = Path.Combine(AppContext.BaseDirectory, "golden", "fastvlm-mini");

    /// <summary>Our layout: logits of the last position, one shared embedding.</summary>
    public string Directory { get; }

    /// <summary>The layout of the public files: logits of every position.</summary>
    public string PublicLayout { get; }

    /// <summary>Another export of the same checkpoint.</summary>
    public string Export(string name, bool allPositionLogits, ModelDtype dtype)
    {
        var output = Path.Combine(_folder.FullPath, name);
        CheckpointExporter.Export(
            new ExportOptions
            {
                CheckpointDirectory = Checkpoint,
                OutputDirectory = output,
                AllPositionLogits = allPositionLogits,
                Dtype = dtype,
            },
            progress: null,
            TestContext.Current.CancellationToken);
        File.Copy(TestPaths.Data("mini-tokenizer/tokenizer.json"), Path.Combine(output, "tokenizer.json"));
        return output;
    }

    /// <summary>A copy that a test may damage.</summary>
    internal string Copy(TemporaryFolder into, bool publicLayout = false)
    {
        var source = publicLayout ? PublicLayout : Directory;
        var target = into.Join("copy");
        foreach (var file in System.IO.Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            var path = Path.Combine(target, Path.GetRelativePath(source, file));
            System.IO.Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.Copy(file, path);
        }

        return target;
    }

    public void Dispose() => _folder.Dispose();
}
