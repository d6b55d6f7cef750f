using FastVlm.Pipeline.Alerts;
using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Storage;
using FastVlm.TestKit;

// Not ...Tests.Configuration: other tests write Configuration.X for the production namespace.
namespace FastVlm.Pipeline.Tests;

/// <summary>Two processes, each with a desk, over one store.</summary>
public sealed class SharedConfigurationTests : IAsyncLifetime
{
    private readonly MemoryConfigurationStore store = new();
    private readonly ManualTimeProvider clock = new();
    private readonly List<string> told = [];
    private ConfigurationDesk mine = null!;
    private ConfigurationDesk other = null!;

    public async ValueTask InitializeAsync()
    {
        mine = await OpenAsync();
        other = await OpenAsync();
        mine.Changed += (before, after) => told.Add($"{Names(before)} -> {Names(after)}");
    }

    public ValueTask DisposeAsync()
    {
        mine.Dispose();
        other.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Cameras_that_both_add_are_both_there()
    {
        await AddAsync(mine, "a");
        await AddAsync(other, "b");
        await AddAsync(mine, "c");

        Assert.Equal("a b c", Names(store.Stored));
        Assert.Equal("a b c", Names(mine.Current));
    }

    [Fact]
    public async Task Edits_of_different_cameras_lose_nothing_of_each_other()
    {
        var (a, b) = ((await AddAsync(mine, "a")).Entry!, (await AddAsync(mine, "b")).Entry!);
        await other.RefreshAsync(CancellationToken.None);

        await EditAsync(mine, a.Id, spec => spec with { Prompt = "mine" });
        await EditAsync(other, b.Id, spec => spec with { Prompt = "other" });

        Assert.Equal(["mine", "other"], store.Stored.Cameras.Select(camera => camera.Spec.Prompt));
    }

    [Fact]
    public async Task Edits_of_one_camera_lose_nothing_of_each_other()
    {
        var camera = (await AddAsync(mine, "a")).Entry!;
        await other.RefreshAsync(CancellationToken.None);

        await EditAsync(mine, camera.Id, spec => spec with { Tags = [.. spec.Tags, "mine"] });
        await EditAsync(other, camera.Id, spec => spec with { Tags = [.. spec.Tags, "other"] });

        Assert.Equal(["mine", "other"], Assert.Single(store.Stored.Cameras).Spec.Tags);
    }

    [Fact]
    public async Task Changes_of_both_at_once_all_happen()
    {
        await Task.WhenAll(Enumerable.Range(0, 40).Select(i => Task.Run(
            () => AddAsync(i % 2 == 0 ? mine : other, $"{i}"), TestContext.Current.CancellationToken)));

        Assert.Equal(40, store.Stored.Cameras.Select(camera => camera.Id).Distinct().Count());
        Assert.Equal(Enumerable.Range(0, 40), store.Stored.Cameras.Select(camera => int.Parse(camera.Spec.Name, null)).Order());
    }

    [Fact]
    public async Task A_name_that_the_other_has_taken_is_refused()
    {
        await AddAsync(other, "Line 3");

        var change = await AddAsync(mine, "line 3");

        Assert.Equal(ChangeStatus.NameTaken, change.Status);
        Assert.Equal("Line 3", Names(store.Stored));
        Assert.Equal("Line 3", Names(mine.Current));
    }

    [Fact]
    public async Task What_the_other_removed_cannot_be_edited_any_more()
    {
        var camera = (await AddAsync(mine, "a")).Entry!;
        await other.RefreshAsync(CancellationToken.None);
        await other.Cameras.RemoveAsync(camera.Id, CancellationToken.None);

        var change = await EditAsync(mine, camera.Id, spec => spec with { Prompt = "too late" });

        Assert.Equal(ChangeStatus.NotFound, change.Status);
        Assert.Empty(mine.Current.Cameras);
    }

    [Fact]
    public async Task A_change_on_what_the_other_left_tells_of_both()
    {
        await AddAsync(other, "b");

        await AddAsync(mine, "a");

        Assert.Equal([" -> b", "b -> b a"], told);
    }

    [Fact]
    public async Task A_refresh_tells_of_the_others_change_once()
    {
        await AddAsync(other, "b");

        await mine.RefreshAsync(CancellationToken.None);
        await mine.RefreshAsync(CancellationToken.None);

        Assert.Equal([" -> b"], told);
        Assert.Equal("b", Names(mine.Current));
    }

    [Fact]
    public async Task A_refresh_after_a_change_of_ones_own_tells_nothing()
    {
        await AddAsync(mine, "a");

        await mine.RefreshAsync(CancellationToken.None);

        Assert.Equal([" -> a"], told);
    }

    [Fact]
    public async Task A_store_that_cannot_be_read_leaves_what_was_known()
    {
        await AddAsync(mine, "a");
        await AddAsync(other, "b");
        store.IsBroken = true;

        await Assert.ThrowsAsync<StorageException>(() => mine.RefreshAsync(CancellationToken.None));
        await Assert.ThrowsAsync<StorageException>(() => AddAsync(mine, "c"));
        Assert.Equal("a", Names(mine.Current));

        store.IsBroken = false;
        await mine.RefreshAsync(CancellationToken.None);
        Assert.Equal("a b", Names(mine.Current));
    }

    private static string Names(PlatformConfiguration configuration) =>
        string.Join(' ', configuration.Cameras.Select(camera => camera.Spec.Name));

    private static Task<Change<Entry<CameraId, CameraSpec>>> AddAsync(ConfigurationDesk desk, string name) =>
        desk.Cameras.AddAsync(new CameraSpec { Name = name, Url = new CameraUrl("rtsp://10.0.0.5/a") }, CancellationToken.None);

    private static Task<Change<Entry<CameraId, CameraSpec>>> EditAsync(
        ConfigurationDesk desk, CameraId id, Func<CameraSpec, CameraSpec> edit) => desk.Cameras.EditAsync(id, edit, CancellationToken.None);

    private Task<ConfigurationDesk> OpenAsync() =>
        ConfigurationDesk.OpenAsync(store, clock, DestinationPolicy.Public, CancellationToken.None);
}
