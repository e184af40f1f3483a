// SPDX-License-Identifier: Apache-2.0

/// Reasons of the conditions of this group's objects; programs compare them, so they are those of the first
/// implementation wherever it has one.
public enum DeliveryReason {
    /// The configuration could not be read, or is none.
    public static let configuration = "GetConfigurationFailed"
    /// No version fits, or the one that does must not be taken.
    public static let version = "CheckVersionFailed"
    /// The object that is referred to is not there or not ready.
    public static let notAvailable = "ResourceIsNotAvailable"
    /// The repository cannot be asked.
    public static let repository = "GetRepositoryFailed"
    /// The component version could not be read or does not verify.
    public static let componentVersion = "GetComponentVersionFailed"
    /// The resource is not in the component version, or is not what its digest says.
    public static let resource = "GetOCMResourceFailed"
    /// A reference of the path is not there, or leads to something else than it says.
    public static let reference = "GetReferenceFailed"
    /// The object that is referred to could not be read.
    public static let getResource = "GetResourceFailed"
    /// What the resource holds is no list of manifests.
    public static let marshal = "MarshalFailed"
    /// An object could not be applied, or what is no longer wanted could not be removed.
    public static let apply = "ApplyFailed"
    /// The status could not be made: an expression fails.
    public static let status = "StatusSetFailed"
    /// Something still needs what is being deleted.
    public static let deletion = "DeletionFailed"
    /// What is applied is not yet watched.
    public static let notSynced = "ResourceNotSynced"
    /// The component version is being read.
    public static let resolving = "ResolutionInProgress"
    /// The component has another version than the resource was taken from.
    public static let drift = "ComponentDriftResolutionInProgress"
    /// The specification says something that is not possible.
    public static let specification = "InvalidSpecification"
    /// The component version is being carried to the target.
    public static let transferring = "TransferInProgress"
    /// The component version is in the target.
    public static let transferred = "TransferComplete"
    /// The component version could not be carried to the target.
    public static let replication = "ReplicationFailed"
}
