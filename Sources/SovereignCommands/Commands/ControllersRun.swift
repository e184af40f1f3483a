// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CommandLineKit
internal import Cryptography
internal import DeliveryControllers
internal import Kubernetes
internal import KubernetesClient
internal import KubernetesControllers
internal import Telemetry
internal import WebServer

/// `sovereign controllers`
struct ControllersRun: Command {
    static let configuration = CommandConfiguration(
        "controllers", abstract: "Run the delivery controllers on any Kubernetes cluster",
        discussion: """
            Runs until SIGTERM or SIGINT, and finishes what has been begun. The kinds must be known to the cluster:
            “sovereign install” prints or applies them with the rights that the controllers need.
            """,
        examples: ["sovereign controllers --kubeconfig ~/.kube/config", "sovereign controllers --leader-elect"])

    @OptionGroup var cluster: ClusterOptions
    @Flag(help: "wait for a lease, so that of several processes only one works") var leaderElect = false
    @Option(help: "the lease, as NAMESPACE/NAME", valueName: "NAME")
    var lease = "ocm-k8s-toolkit-system/sovereign-controllers"
    @Option(help: "for how long the lease is good when it is not renewed", valueName: "N") var leaseSeconds = 15
    @Option(help: "how many objects of each kind are worked on at a time", valueName: "N") var workers = 4
    @Option(help: "the most bytes of the manifests of a deployer", valueName: "BYTES") var manifestLimit = 2_097_152
    @Flag(help: "let objects use Secrets and ConfigMaps of other namespaces") var foreignNamespaces = false
    @Option(help: "where probes and metrics are answered; nothing listens when it is empty", valueName: "ADDRESS:PORT")
    var health = ""
    @Option(help: "how lines of the log are written: text or json") var log = LogForm.text
    @Option(help: "which lines are written: debug, info, warn or error") var logLevel = LogThreshold.info

    func run(in context: SovereignContext) async throws {
        guard (1...256).contains(workers) else { throw UsageError("--workers is between 1 and 256") }
        var settings = DeliveryHost.Settings()
        settings.workers = workers
        settings.context.manifestLimit = manifestLimit
        settings.resolution.contentLimit = manifestLimit
        settings.context.allowsForeignNamespaces = foreignNamespaces
        if leaderElect {
            let parts = lease.split(separator: "/").map(String.init)
            guard parts.count == 2 else { throw UsageError("--lease is NAMESPACE/NAME") }
            guard (3...3600).contains(leaseSeconds) else { throw UsageError("--lease-seconds is between 3 and 3600") }
            settings.lease = ObjectName(parts[0], parts[1])
            // In the proportions of Kubernetes' own controllers: 15, 10 and 2 seconds.
            settings.election.length = .seconds(leaseSeconds)
            settings.election.deadline = .seconds(leaseSeconds) * 2 / 3
            settings.election.retry = .seconds(leaseSeconds) * 2 / 15
            settings.identity = "\(context.environment["HOSTNAME"] ?? "sovereign")_\(RandomUUID.text())"
        }
        let writer = try LogWriter.standardError(format: log.format, level: logLevel.level)
        let metrics = try ControllerMetrics(log: Log(writer))
        let host = DeliveryHost(try cluster.client(context.environment), settings, metrics: metrics)
        var probes: HealthServer?
        if !health.isEmpty {
            let address = try ListenAddress(health)
            var listening = ServerSettings()
            (listening.address, listening.port) = (address.address, address.port)
            // One that waits for its lease is as it should be.
            let isWaiting = leaderElect
            probes = try HealthServer(listening, metrics: metrics) { isWaiting || host.isReady }
        }
        defer { withExtendedLifetime(probes) {} }
        do { try await host.run() } catch is CancellationError {} catch {
            await probes?.stop()
            await writer.flush()
            throw error
        }
        await probes?.stop()
        await writer.flush()
    }
}
