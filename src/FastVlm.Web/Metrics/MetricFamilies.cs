namespace FastVlm.Web.Metrics;

/// <summary>One metric as Prometheus knows it.</summary>
/// <param name="Name">By OpenTelemetry's conventions, in Prometheus' spelling.</param>
/// <param name="Type">gauge or counter.</param>
/// <param name="Help">One sentence.</param>
public sealed record MetricFamily(string Name, string Type, string Help);

/// <summary>
/// Every metric that <c>/metrics</c> writes. Labels are bounded: states, outcomes, nodes and devices, never cameras, rules or
/// addresses.
/// </summary>
public static class MetricFamilies
{
    public static readonly MetricFamily BuildInfo = Gauge("fastvlm_build_info", "The version of this process; the value is always 1.");

    public static readonly MetricFamily ProcessStart = Gauge("process_start_time_seconds", "When this process was started, Unix time.");

    public static readonly MetricFamily ProcessCpu = Counter("process_cpu_seconds_total", "Processor time of this process.");

    public static readonly MetricFamily ProcessMemory = Gauge("process_resident_memory_bytes", "Memory of this process.");

    public static readonly MetricFamily Cameras = Gauge("fastvlm_cameras", "Cameras that this node reads, by state.");

    public static readonly MetricFamily CameraRestarts = Counter(
        "fastvlm_camera_restarts_total", "How often sources of cameras had to be opened again.");

    public static readonly MetricFamily CameraStalls = Counter(
        "fastvlm_camera_stalls_total", "Those of the restarts that were because a source fell silent.");

    public static readonly MetricFamily Frames = Counter(
        "fastvlm_frames_total", "Frames of cameras on this node by what became of them: captioned, or why not.");

    public static readonly MetricFamily Stages = Gauge("fastvlm_stages", "Cameras whose captions this node judges.");

    public static readonly MetricFamily Looks = Counter("fastvlm_looks_total", "Looks that a device has answered.");

    public static readonly MetricFamily InferenceWaiting = Gauge("fastvlm_inference_waiting", "Looks that wait for a device.");

    public static readonly MetricFamily Nodes = Gauge(
        "fastvlm_nodes", "Nodes of the installation by state, as this web node sees them.");

    public static readonly MetricFamily CamerasConfigured = Gauge(
        "fastvlm_cameras_configured", "Cameras of the installation, by whether they are switched on.");

    public static readonly MetricFamily StoreUp = Gauge("fastvlm_store_up", "Whether the store answered just now: 1 or 0.");

    public static readonly MetricFamily IncidentsOpen = Gauge("fastvlm_incidents_open", "Open incidents of the installation.");

    public static readonly MetricFamily DeliveriesPending = Gauge(
        "fastvlm_deliveries_pending", "Messages of the installation that wait to be delivered, counted up to 1000.");

    public static readonly MetricFamily Problems = Gauge(
        "fastvlm_problems", "Standing problems of the installation; GET /api/health tells which.");

    public static IReadOnlyList<MetricFamily> All { get; } =
    [
        BuildInfo, ProcessStart, ProcessCpu, ProcessMemory, Cameras, CameraRestarts, CameraStalls, Frames, Stages, Looks,
        InferenceWaiting, Nodes, CamerasConfigured, StoreUp, IncidentsOpen, DeliveriesPending, Problems,
    ];

    private static MetricFamily Gauge(string name, string help) => new(name, "gauge", help);

    private static MetricFamily Counter(string name, string help) => new(name, "counter", help);
}
