// SPDX-License-Identifier: Apache-2.0

internal import Basics
public import Chronology
internal import ComponentModel
internal import Documents
public import Kubernetes
public import Reconciling
internal import Transfer

/// Carries the version that a Component has chosen, and nothing else, into the Repository of a Replication.
public struct ReplicationReconciler: Reconciler {
    private let context: DeliveryContext
    private let transfers: TransferService
    private let now: @Sendable () -> Moment
    /// The condition that says whether a transfer is going on.
    private static let inProgress = "TransferInProgress"

    /// A reconciler.
    public init(_ context: DeliveryContext, transfers: TransferService, now: @escaping @Sendable () -> Moment) {
        (self.context, self.transfers, self.now) = (context, transfers, now)
    }

    public var finalizers: [String] { DeliveryKind.replication.finalizers }

    public func reconcile(_ object: inout KubernetesObject) async throws(ReconcileError) -> Outcome {
        let specification: ReplicationSpecification
        do { specification = try ReplicationSpecification(object) } catch { throw .specification(error) }
        let component = try await context.required(
            .component, ObjectName(object.namespace, specification.componentName), reason: DeliveryReason.notAvailable)
        guard let information = component.componentInformation, let digest = information.digest else {
            throw .waiting(
                "the Component \(component.objectName) shows no version yet", reason: DeliveryReason.notAvailable,
                retryAfter: nil)
        }
        let repository = try await context.required(
            .repository, ObjectName(object.namespace, specification.targetName), reason: DeliveryReason.repository)
        let target: RepositorySpecification
        do { target = try RepositorySpecification(repository) } catch {
            throw .waiting(
                "the Repository \(repository.objectName): \(error.message)", reason: DeliveryReason.repository,
                retryAfter: nil)
        }
        let configuration = try await context.configuration(of: &object, parent: component, and: repository)
        let options: TransferOptions
        do { options = try TransferOptions(configuration.configuration) } catch {
            throw .stalled(error, reason: DeliveryReason.configuration)
        }
        object.componentInformation = information
        let message = "Transferred \(information.component):\(information.version) to \(repository.name)"
        var transfer = options.words
        transfer["repositorySpec"] = target.repositorySpec
        let isKnown =
            object.lastTransferredDigest == digest.value && object.lastTransferredVersion == information.version
            && transfer.object?.allSatisfy { object.lastTransfer?[$0.key] == $0.value } == true
        // Without an interval nothing is asked twice; signatures that came later are carried when somebody asks for it.
        if isKnown, specification.interval == nil, !object.isReconciliationRequested {
            note(&object, .no, DeliveryReason.transferred, message)
            return .done(message)
        }
        let summary = try await carry(
            information, of: component, to: target.repositorySpec, configuration, options, isKnown, &object)
        (object.lastTransferredVersion, object.lastTransferredDigest) = (information.version, digest.value)
        transfer["versions"] = .number(JSONNumber(Int64(summary.versions)))
        transfer["bytesMoved"] = .number(JSONNumber(summary.bytesMoved))
        transfer["bytesSpared"] = .number(JSONNumber(summary.bytesSpared))
        object.lastTransfer = transfer
        object.failedTransfers = []
        note(&object, .no, DeliveryReason.transferred, message)
        return specification.interval.map { .requeue(after: $0, message) } ?? .done(message)
    }

    public func release(_ object: inout KubernetesObject) async throws(ReconcileError) -> Outcome {
        // What was carried stays; what is being carried ends.
        if let address = ObjectAddress(of: object) { await transfers.abandon(for: address) }
        object.finalizers.removeAll { finalizers.contains($0) }
        return .released
    }

    private func carry(
        _ information: ComponentInformation, of component: KubernetesObject, to target: JSON,
        _ configuration: LoadedConfiguration, _ options: TransferOptions, _ isKnown: Bool,
        _ object: inout KubernetesObject
    ) async throws(ReconcileError) -> TransferSummary {
        let address = ObjectAddress(of: object)
        // It must verify once more before anything moves, and pin all that it refers to.
        let demands = try await context.demands(of: component)
        let activity = "transferring \(information.component):\(information.version)"
        do throws(ReconcileError) {
            let version = try await context.resolve(information, configuration, for: address)
            do throws(ResolutionError) {
                return try await transfers.transfer(
                    version, to: target, configuration, options, vouchedForBy: demands,
                    isFresh: object.isReconciliationRequested, for: address)
            } catch {
                switch error {
                case .inProgress:
                    note(&object, .yes, DeliveryReason.transferring, activity)
                    // What is wanted now is not there yet.
                    if !isKnown {
                        mark(&object, StatusCondition.ready, .unknown, DeliveryReason.transferring, activity)
                    }
                    throw .progressing(
                        "\(activity) is in progress", reason: DeliveryReason.transferring, retryAfter: .seconds(60))
                case .failed(let fault, _):
                    object.failedTransfers = (fault.cause as? FailedOperations)?.entries ?? []
                    throw error.reconcileError(reason: DeliveryReason.replication, doing: activity)
                }
            }
        } catch {
            if error.reason != DeliveryReason.transferring {
                note(&object, .no, DeliveryReason.replication, error.message)
            }
            throw error
        }
    }

    private func note(
        _ object: inout KubernetesObject, _ state: Condition.State, _ reason: String, _ message: String
    ) {
        mark(&object, Self.inProgress, state, reason, String(message.prefix(Self.longestMessage)))
    }

    private func mark(
        _ object: inout KubernetesObject, _ type: String, _ state: Condition.State, _ reason: String, _ message: String
    ) {
        object.set(
            Condition(type, state, reason: reason, message, observedGeneration: object.generation), at: now())
    }

    private static let longestMessage = 1000
}
