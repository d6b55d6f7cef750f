namespace FastVlm.Storage.Postgres;

/// <summary>
/// Whoever stores entries of a camera under an epoch holds its lock shared until it has committed; whoever takes the next
/// epoch holds it alone. Two cameras whose names meet in one number only wait for each other.
/// </summary>
internal static class CameraLock
{
    // Tells our locks from others' in the same database.
    private const string Number = "hashtextextended(c, 1179012173)";

    public static Statement Exclusive(string cameraId) => new(
        $"SELECT pg_advisory_xact_lock({Number}) FROM (SELECT $1::text AS c) t", cameraId);

    /// <summary>In the order of the numbers, so that two who lock several never wait for each other.</summary>
    public static Statement Shared(string[] cameraIds) => new(
        $"""
        SELECT pg_advisory_xact_lock_shared(t.number)
        FROM (SELECT DISTINCT {Number} AS number FROM unnest($1::text[]) c ORDER BY number OFFSET 0) t
        """,
        [cameraIds]);
}
