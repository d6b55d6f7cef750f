namespace FastVlm.TestKit;

/// <summary>A directory of its own that vanishes with the test.</summary>
public sealed class TempDirectory : IDisposable
{
    public string FullPath { get; } = Directory.CreateTempSubdirectory("fastvlm-test-").FullName;

    public string File(string name) => Path.Combine(FullPath, name);

    public void Dispose() => Directory.Delete(FullPath, recursive: true);
}
