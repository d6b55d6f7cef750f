using System.Security.Cryptography;

namespace FastVlm.Export.Onnx;

/// <summary>
/// The files of a model directory under construction. Everything is written below one root, hashed on the way, and
/// listed afterwards.
/// </summary>
internal sealed class ModelFiles(string root, Action<string, string, long> progress, CancellationToken cancellationToken)
{
    private readonly List<ManifestFile> _written = [];

    /// <summary>Finished files, in the order in which they were written.</summary>
    public IReadOnlyList<ManifestFile> Written => _written;

    public CancellationToken CancellationToken => cancellationToken;

    /// <summary>Starts a file; its path is relative to the root, with forward slashes.</summary>
    public ModelFile Create(string path)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var full = Path.Combine(root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        return new ModelFile(this, path, new FileStream(full, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16));
    }

    /// <summary>Copies a file from elsewhere into the model.</summary>
    public void Copy(string source, string path)
    {
        using var input = File.OpenRead(source);
        using var file = Create(path);
        file.Working(path);
        var buffer = new byte[1 << 20];
        for (var read = input.Read(buffer); read > 0; read = input.Read(buffer))
        {
            file.Sink.Bytes(buffer.AsSpan(0, read));
        }
    }

    internal void Report(string file, string tensor, long bytes) => progress(file, tensor, bytes);

    internal void Finished(ManifestFile file) => _written.Add(file);
}

/// <summary>One file being written: counts, hashes and reports its bytes.</summary>
internal sealed class ModelFile : IDisposable
{
    private readonly ModelFiles _owner;
    private readonly string _path;
    private readonly FileStream _stream;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private string _tensor = "";

    internal ModelFile(ModelFiles owner, string path, FileStream stream)
    {
        _owner = owner;
        _path = path;
        _stream = stream;
        Sink = new ByteSink(stream, _hash, bytes => owner.Report(path, _tensor, bytes), owner.CancellationToken);
    }

    public ByteSink Sink { get; }

    public long Position => Sink.Position;

    /// <summary>Names the tensor whose bytes come next.</summary>
    public void Working(string tensor) => _tensor = tensor;

    public void Dispose()
    {
        _stream.Dispose();
        _owner.Finished(new ManifestFile(_path, Sink.Position, Convert.ToHexStringLower(_hash.GetHashAndReset())));
        _hash.Dispose();
    }
}
