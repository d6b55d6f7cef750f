namespace FastVlm.Embedded.Tests;

/// <summary>A folder that is gone with the test.</summary>
internal sealed class TestFolder : IDisposable
{
    public TestFolder() => Path = Directory.CreateTempSubdirectory("fastvlm-test-").FullName;

    public string Path { get; }

    public string this[params string[] parts] => System.IO.Path.Combine([Path, .. parts]);

    public string Write(string relativePath, byte[] content)
    {
        var file = this[relativePath.Split('/')];
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
        File.WriteAllBytes(file, content);
        return file;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
