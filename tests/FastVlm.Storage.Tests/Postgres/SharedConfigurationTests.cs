using FastVlm.Pipeline;
using FastVlm.Pipeline.Alerts;
using FastVlm.Pipeline.Configuration;
using FastVlm.TestKit;

namespace FastVlm.Storage.Tests.Postgres;

public sealed class SharedConfigurationTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_save_on_an_older_version_changes_nothing()
    {
        await using var test = await TestStore.OpenAsync(Edition.Postgres);
        await using var other = await test.JoinAsync();
        Assert.Equal(1, await test.Store.Configuration.SaveAsync(With("Gate"), 0, Stop));

        Assert.Null(await other.Store.Configuration.SaveAsync(With("Line"), 0, Stop));

        var stored = await other.Store.Configuration.LoadAsync(Stop);
        Assert.Equal((1, "Gate"), (stored.Version, Assert.Single(stored.Configuration.Cameras).Spec.Name));
        Assert.Equal(2, await other.Store.Configuration.SaveAsync(With("Line"), 1, Stop));
    }

    [Fact]
    public async Task Desks_on_two_machines_lose_no_change_of_each_other()
    {
        await using var test = await TestStore.OpenAsync(Edition.Postgres);
        await using var other = await test.JoinAsync();
        using var desk = await DeskAsync(test);
        using var otherDesk = await DeskAsync(other);

        await Task.WhenAll(Enumerable.Range(0, 20).SelectMany(i => new[]
        {
            desk.Cameras.AddAsync(Spec($"Gate {i}"), Stop), otherDesk.Cameras.AddAsync(Spec($"Line {i}"), Stop),
        }));

        var first = desk.Cameras.List()[0].Id;
        await otherDesk.RefreshAsync(Stop);
        await Task.WhenAll(Enumerable.Range(0, 20).Select(
            i => (i % 2 == 0 ? desk : otherDesk).Cameras.EditAsync(first, spec => spec with { Name = spec.Name + "+" }, Stop)));
        await desk.RefreshAsync(Stop);
        await otherDesk.RefreshAsync(Stop);
        string[] expected = [.. Enumerable.Range(0, 20).SelectMany(i => new[] { $"Gate {i}", $"Line {i}" }).Order()];
        Assert.Equal(expected, desk.Cameras.List().Select(c => c.Spec.Name.TrimEnd('+')).Order());
        Assert.Equal(20, desk.Cameras.Find(first)!.Spec.Name.Count(c => c == '+'));
        Assert.Equal(desk.Cameras.List().Select(c => c.Id), otherDesk.Cameras.List().Select(c => c.Id));
    }

    [Fact]
    public async Task Only_what_differs_is_written()
    {
        await using var test = await TestStore.OpenAsync(Edition.Postgres);
        await using var other = await test.JoinAsync();
        var many = new PlatformConfiguration
        {
            Cameras = [.. Enumerable.Range(0, 300).Select(i => Entry(new CameraId($"cam_{i}"), Spec($"Camera {i}")))],
            Rules = [.. Enumerable.Range(0, 5).Select(i => Entry(new RuleId($"rule_{i}"), new RuleSpec { Name = $"Rule {i}" }))],
        };
        await test.Store.Configuration.SaveAsync(many, 0, Stop);
        var stored = (await other.Store.Configuration.LoadAsync(Stop)).Configuration;
        var before = await RowsAsync(test);
        var added = Entry(new CameraId("cam_new"), Spec("New"));
        var changed = stored.Cameras[7] with { Spec = Spec("Changed") };

        await other.Store.Configuration.SaveAsync(
            stored with { Cameras = [.. stored.Cameras.Take(7), changed, .. stored.Cameras.Skip(9), added] }, 1, Stop);

        var after = await RowsAsync(test);
        Assert.Equal(["camera/cam_7", "camera/cam_new"], after.Except(before).Select(row => row.Split(' ')[0]).Order());
        Assert.Equal(["camera/cam_7", "camera/cam_8"], before.Except(after).Select(row => row.Split(' ')[0]).Order());
        var loaded = (await test.Store.Configuration.LoadAsync(Stop)).Configuration;
        Assert.Equal(
            [.. Enumerable.Range(0, 300).Where(i => i != 8).Select(i => i == 7 ? "Changed" : $"Camera {i}"), "New"],
            loaded.Cameras.Select(c => c.Spec.Name));
        Assert.Equal(5, loaded.Rules.Count);
    }

    /// <summary>Each row with the transaction that wrote it.</summary>
    private static async Task<string[]> RowsAsync(TestStore test) => await PostgresServer.ScalarAsync<string[]>(
        test.ConnectionString, "SELECT array_agg(kind || '/' || id || ' ' || xmin::text) FROM fastvlm.entry");

    private static Task<ConfigurationDesk> DeskAsync(TestStore test) =>
        ConfigurationDesk.OpenAsync(test.Store.Configuration, test.Time, DestinationPolicy.Public, Stop);

    private static PlatformConfiguration With(string camera) => new() { Cameras = [Entry(new CameraId("cam_1"), Spec(camera))] };

    private static CameraSpec Spec(string name) => new() { Name = name, Url = new CameraUrl("rtsp://192.0.2.1/a") };

    private static Entry<TId, TSpec> Entry<TId, TSpec>(TId id, TSpec spec) =>
        new() { Id = id, Spec = spec, CreatedAt = Samples.Noon, UpdatedAt = Samples.Noon };
}
