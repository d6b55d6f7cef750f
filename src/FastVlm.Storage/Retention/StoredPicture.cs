using Microsoft.Data.Sqlite;

namespace FastVlm.Storage.Retention;

/// <summary>A picture's row. <paramref name="File"/> is its path within the evidence folder.</summary>
internal sealed record StoredPicture(string IncidentId, long Number, string File, long Bytes)
{
    public static StoredPicture Read(SqliteDataReader row) => new(row.GetString(0), row.GetInt64(1), row.GetString(2), row.GetInt64(3));
}
