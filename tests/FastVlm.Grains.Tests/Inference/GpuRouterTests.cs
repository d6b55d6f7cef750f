using FastVlm.Grains.Inference;
using FsCheck;
using FsCheck.Fluent;

namespace FastVlm.Grains.Tests.Inference;

public sealed class GpuRouterTests
{
    private static readonly Config Settings = Config.QuickThrowOnFailure.WithMaxTest(1000).WithReplay(20261127, 9);
    private static readonly DateTimeOffset Start = new(2026, 11, 27, 8, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);
    private static readonly RoutedDevice Here = new("a/gpu0", IsLocal: true);
    private static readonly RoutedDevice There = new("b/gpu0", IsLocal: false);
    private static readonly RoutedDevice Beyond = new("c/gpu0", IsLocal: false);

    private static readonly Gen<Step> Steps =
        from kind in Gen.Elements(StepKind.Choose, StepKind.Choose, StepKind.Answered, StepKind.Failed, StepKind.Abandoned, StepKind.Update)
        from device in Gen.Choose(0, 2)
        from waiting in Gen.Choose(0, 5)
        from milliseconds in Gen.Choose(0, 3000)
        select new Step(kind, device, waiting, TimeSpan.FromMilliseconds(milliseconds));

    [Fact]
    public void Nobody_is_chosen_where_there_is_nobody() => Assert.Null(new GpuRouter().Choose([], Start));

    [Fact]
    public void The_own_device_is_chosen_while_it_is_idle()
    {
        var router = RouterOf(There, Here);

        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(Here, router.Choose([], Start));
            router.Answered(Here.Key, Look, waiting: 0, Start);
        }
    }

    [Fact]
    public void Where_the_own_one_is_busy_another_is_chosen()
    {
        var router = RouterOf(Here, There);

        Assert.Equal([Here, There, Here, There], Choose(router, 4));
    }

    [Fact]
    public void Looks_that_others_have_sent_count_while_the_device_has_just_told_of_them()
    {
        var router = RouterOf(There, Beyond);
        router.Choose([], Start);
        router.Answered(There.Key, Look, waiting: 3, Start);
        Assert.Equal(Beyond, router.Choose([], Start));
        router.Abandoned(Beyond.Key);

        Assert.Equal(Beyond, router.Choose([], Start + ClusterLimits.LoadFreshFor));
        router.Abandoned(Beyond.Key);

        // What it said then is old: both are taken for idle, and the first is as good.
        Assert.Equal(There, router.Choose([], Start + ClusterLimits.LoadFreshFor + TimeSpan.FromTicks(1)));
    }

    [Theory]
    [InlineData(100, 120, true)]
    [InlineData(100, 81, true)]
    [InlineData(100, 79, false)]
    [InlineData(100, 20, false)]
    public void A_device_elsewhere_must_be_faster_by_more_than_a_hop_costs(int here, int there, bool isHere)
    {
        var router = RouterOf(Here, There);
        router.Answered(Here.Key, TimeSpan.FromMilliseconds(here), waiting: 0, Start);
        router.Answered(There.Key, TimeSpan.FromMilliseconds(there), waiting: 0, Start);

        Assert.Equal(isHere ? Here : There, router.Choose([], Start));
    }

    [Fact]
    public void A_device_that_failed_rests_and_is_then_asked_again()
    {
        var router = RouterOf(Here, There);
        Assert.Equal(Here, router.Choose([], Start));
        router.Failed(Here.Key, Start);

        Assert.Equal(There, router.Choose([], Start));
        router.Answered(There.Key, Look, waiting: 0, Start);
        Assert.Equal(Here, router.Choose([], Start + ClusterLimits.DeviceRestsFor));
    }

    [Fact]
    public void A_device_that_rests_is_better_than_none()
    {
        var router = RouterOf(Here);
        router.Choose([], Start);
        router.Failed(Here.Key, Start);

        Assert.Equal(Here, router.Choose([], Start));
    }

    /// <summary>The first look at a model may take seconds; who was never asked again would never be known to be fast.</summary>
    [Fact]
    public void A_slow_look_is_forgotten_after_a_while()
    {
        var router = RouterOf(There, Beyond);
        router.Answered(There.Key, TimeSpan.FromSeconds(8), waiting: 0, Start);
        router.Answered(Beyond.Key, Look, waiting: 0, Start);
        Assert.Equal([Beyond, Beyond, Beyond], Choose(router, 3));

        var later = Start + ClusterLimits.LookTimeFreshFor + TimeSpan.FromTicks(1);
        router.Answered(Beyond.Key, Look, waiting: 0, later);
        Assert.Equal(There, router.Choose([], later));
        router.Answered(There.Key, Look, waiting: 0, later);

        // And what it takes now counts alone.
        Assert.Equal(There, router.Choose([], later));
    }

    [Fact]
    public void Answers_that_nobody_waits_for_make_no_device_less_busy_than_idle()
    {
        var router = RouterOf(There, Beyond);
        for (var i = 0; i < 5; i++)
        {
            router.Abandoned(There.Key);
            router.Failed(There.Key, Start - ClusterLimits.DeviceRestsFor);
            router.Answered(There.Key, lookTime: null, waiting: 0, Start);
        }

        Assert.Equal([There, Beyond, There, Beyond], Choose(router, 4));
    }

    [Fact]
    public void A_device_that_is_gone_is_forgotten_and_others_are_not()
    {
        var router = RouterOf(There, Beyond);
        router.Answered(There.Key, TimeSpan.FromSeconds(1), waiting: 0, Start);
        router.Answered(Beyond.Key, Look, waiting: 0, Start);

        router.Update([There]);
        Assert.Equal(There, router.Choose([], Start));
        router.Answered(Beyond.Key, Look, waiting: 0, Start);
        router.Failed(Beyond.Key, Start);
        router.Update([There, Beyond]);

        Assert.Equal([There, Beyond], router.Devices);
        Assert.Equal(Beyond, router.Choose([], Start));
    }

    [Fact]
    public void Whatever_happened_a_device_is_chosen_while_one_is_left_and_never_one_that_was_tried() => Check.One(Settings, Prop.ForAll(
        Steps.ListOf().ToArbitrary(),
        steps =>
        {
            RoutedDevice[] all = [Here, There, Beyond];
            var router = RouterOf(all);
            var now = Start;
            foreach (var step in steps)
            {
                now += step.Passed;
                Take(router, step, all, now);
                var tried = new List<string>();
                while (router.Choose(tried, now) is { } chosen)
                {
                    if (tried.Contains(chosen.Key))
                    {
                        return false;
                    }

                    router.Abandoned(chosen.Key);
                    tried.Add(chosen.Key);
                }

                if (tried.Count != router.Devices.Count())
                {
                    return false;
                }
            }

            return true;
        }));

    private static void Take(GpuRouter router, Step step, RoutedDevice[] all, DateTimeOffset now)
    {
        var key = all[step.Device].Key;
        switch (step.Kind)
        {
            case StepKind.Choose:
                router.Choose([], now);
                break;
            case StepKind.Answered:
                router.Answered(key, step.Waiting == 0 ? null : step.Passed, step.Waiting, now);
                break;
            case StepKind.Failed:
                router.Failed(key, now);
                break;
            case StepKind.Abandoned:
                router.Abandoned(key);
                break;
            default:
                router.Update([.. all.Where((_, i) => i != step.Device)]);
                break;
        }
    }

    private static GpuRouter RouterOf(params RoutedDevice[] devices)
    {
        var router = new GpuRouter();
        router.Update(devices);
        return router;
    }

    private static IEnumerable<RoutedDevice?> Choose(GpuRouter router, int times) =>
        [.. Enumerable.Range(0, times).Select(_ => router.Choose([], Start))];

    private enum StepKind
    {
        Choose,
        Answered,
        Failed,
        Abandoned,
        Update,
    }

    private sealed record Step(StepKind Kind, int Device, int Waiting, TimeSpan Passed);
}
