// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import Web

extension ClusterConfiguration {
    /// Where a pod finds what its service account may show.
    public static let serviceAccountFolder = "/var/run/secrets/kubernetes.io/serviceaccount"

    /// Whether this program seems to run in a pod.
    public static func isInCluster(_ environment: Environment = .process) -> Bool {
        environment["KUBERNETES_SERVICE_HOST"]?.isEmpty == false && FileSystem.exists("\(serviceAccountFolder)/token")
    }

    /// The cluster in which this program runs, as the service account of its pod. The token is read again while the
    /// program runs, since it is replaced about every hour.
    ///
    /// Throws `.notFound` outside of a cluster.
    public static func inCluster(
        _ environment: Environment = .process, folder: String = serviceAccountFolder
    ) throws(Fault) -> ClusterConfiguration {
        guard let host = environment["KUBERNETES_SERVICE_HOST"], !host.isEmpty,
            let port = environment["KUBERNETES_SERVICE_PORT"], !port.isEmpty
        else {
            throw Fault(
                .notFound, "this program does not run in a cluster: KUBERNETES_SERVICE_HOST is not set",
                fix: "name a kubeconfig")
        }
        let bracketed = host.contains(":") ? "[\(host)]" : host
        var configuration = ClusterConfiguration(server: try HTTPURL("https://\(bracketed):\(port)"))
        guard FileSystem.exists("\(folder)/token") else {
            throw Fault(
                .notFound, "the pod has no token of a service account in \(folder)",
                fix: "set automountServiceAccountToken")
        }
        configuration.user.tokenFile = "\(folder)/token"
        if FileSystem.exists("\(folder)/ca.crt") { configuration.certificateAuthority = .file("\(folder)/ca.crt") }
        if FileSystem.exists("\(folder)/namespace") {
            let namespace = String(decoding: try FileSystem.read("\(folder)/namespace", limit: 1024), as: UTF8.self)
            if !namespace.trimmed.isEmpty { configuration.namespace = namespace.trimmed }
        }
        return configuration
    }
}
