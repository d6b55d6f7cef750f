using System.Net.Http.Headers;
using FastVlm.Pipeline;

namespace FastVlm.Onnx.Store.Hub;

/// <summary>
/// The beginning of a file that is being fetched: <c>NAME.part</c>, and beside it what it is the beginning of, so that
/// a later attempt appends only to the same content.
/// </summary>
internal sealed class PartialFile(string target)
{
    private readonly string _part = target + ".part";
    private readonly string _record = target + ".part.json";

    public long Length => File.Exists(_part) ? new FileInfo(_part).Length : 0;

    public string Path => _part;

    /// <summary>Readies the part for this declaration; the beginning of anything else is thrown away.</summary>
    public void Prepare(HubFile file)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(target)!);
        var record = ReadRecord();
        if (record is null || record.Declared != file.Declared || record.Address != HubClient.Shown(file.Address) && file.Declared is null)
        {
            Discard();
        }
    }

    /// <summary>The server's tag for what the part holds; null where there is none.</summary>
    public EntityTagHeaderValue? Tag => EntityTagHeaderValue.TryParse(ReadRecord()?.Tag, out var tag) ? tag : null;

    public void Remember(HubFile file, EntityTagHeaderValue? tag) =>
        StoreJson.Write(_record, new PartRecord(file.Declared, HubClient.Shown(file.Address), tag?.ToString()));

    public FileStream OpenAt(long offset)
    {
        var stream = new FileStream(_part, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read, 1, FileOptions.Asynchronous);
        stream.SetLength(offset);
        stream.Position = offset;
        return stream;
    }

    public void Complete()
    {
        File.Move(_part, target, overwrite: true);
        File.Delete(_record);
    }

    public void Discard()
    {
        File.Delete(_part);
        File.Delete(_record);
    }

    private PartRecord? ReadRecord()
    {
        try
        {
            return StoreJson.TryRead<PartRecord>(_record);
        }
        catch (FailureException)
        {
            // A record cut short by a crash is as good as none: the part starts over.
            return null;
        }
    }

    private sealed record PartRecord(string? Declared, string Address, string? Tag);
}
