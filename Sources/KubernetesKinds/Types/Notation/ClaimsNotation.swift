// SPDX-License-Identifier: Apache-2.0

extension TypeNotation {
    /// Types of volumes of the cluster and claims on them.
    static let claims = """
        package core
        enum ClaimResourceStatus ControllerResizeInProgress ControllerResizeInfeasible NodeResizeInProgress NodeResizeInfeasible NodeResizePending
        enum PersistentVolumeAccessMode ReadOnlyMany ReadWriteMany ReadWriteOnce ReadWriteOncePod
        enum PersistentVolumeClaimModifyVolumeStatus InProgress Infeasible Pending
        enum PersistentVolumeClaimPhase Bound Lost Pending
        enum PersistentVolumeMode Block Filesystem
        enum PersistentVolumePhase Available Bound Failed Pending Released
        enum PersistentVolumeReclaimPolicy Delete Recycle Retain

        kind PersistentVolumeClaim
          # A request for storage, bound to a volume that satisfies it.
          1 metadata meta.ObjectMeta
          2 spec PersistentVolumeClaimSpec
            # What storage is asked for.
          3 status PersistentVolumeClaimStatus
            # What storage was given.

        type PersistentVolumeClaimSpec
          1 accessModes [PersistentVolumeAccessMode] list=atomic
            # How the volume is to be mounted.
          4 selector? meta.LabelSelector
          2 resources VolumeResourceRequirements
            # How much storage is asked for.
          3 volumeName string
            # The volume that the claim is bound to.
          5 storageClassName? string
            # The class that provides the volume.
          6 volumeMode? PersistentVolumeMode
          7 dataSource? TypedLocalObjectReference
          8 dataSourceRef? TypedObjectReference
          9 volumeAttributesClassName? string

        type PersistentVolumeClaimStatus
          1 phase PersistentVolumeClaimPhase
          2 accessModes [PersistentVolumeAccessMode] list=atomic
          3 capacity {quantity}
          4 conditions [PersistentVolumeClaimCondition] patch=merge:type list=map:type
          5 allocatedResources {quantity}
          7 allocatedResourceStatuses {ClaimResourceStatus} map=granular
          8 currentVolumeAttributesClassName? string
          9 modifyVolumeStatus? ModifyVolumeStatus

        type PersistentVolumeClaimCondition
          1 type! string
          2 status! string
          3 lastProbeTime time
          4 lastTransitionTime time
          5 reason string
          6 message string

        type PersistentVolumeClaimTemplate
          1 metadata meta.ObjectMeta
          2 spec! PersistentVolumeClaimSpec

        type ModifyVolumeStatus
          1 targetVolumeAttributesClassName string
          2 status! PersistentVolumeClaimModifyVolumeStatus

        type VolumeResourceRequirements
          1 limits {quantity}
          2 requests {quantity}

        kind PersistentVolume
          # A piece of storage in the cluster.
          1 metadata meta.ObjectMeta
          2 spec PersistentVolumeSpec
          3 status PersistentVolumeStatus

        type PersistentVolumeSpec
          1 capacity {quantity}
          2 + PersistentVolumeSource
          3 accessModes [PersistentVolumeAccessMode] list=atomic
          4 claimRef? ObjectReference map=granular
          5 persistentVolumeReclaimPolicy PersistentVolumeReclaimPolicy
          6 storageClassName string
          7 mountOptions [string] list=atomic
          8 volumeMode? PersistentVolumeMode
          9 nodeAffinity? VolumeNodeAffinity
          10 volumeAttributesClassName? string

        type PersistentVolumeStatus
          1 phase PersistentVolumePhase
          2 message string
          3 reason string
          4 lastPhaseTransitionTime? time

        type PersistentVolumeSource
          1 gcePersistentDisk? GCEPersistentDiskVolumeSource
          2 awsElasticBlockStore? AWSElasticBlockStoreVolumeSource
          3 hostPath? HostPathVolumeSource
          4 glusterfs? GlusterfsPersistentVolumeSource
          5 nfs? NFSVolumeSource
          6 rbd? RBDPersistentVolumeSource
          7 iscsi? ISCSIPersistentVolumeSource
          8 cinder? CinderPersistentVolumeSource
          9 cephfs? CephFSPersistentVolumeSource
          10 fc? FCVolumeSource
          11 flocker? FlockerVolumeSource
          12 flexVolume? FlexPersistentVolumeSource
          13 azureFile? AzureFilePersistentVolumeSource
          14 vsphereVolume? VsphereVirtualDiskVolumeSource
          15 quobyte? QuobyteVolumeSource
          16 azureDisk? AzureDiskVolumeSource
          17 photonPersistentDisk? PhotonPersistentDiskVolumeSource
          18 portworxVolume? PortworxVolumeSource
          19 scaleIO? ScaleIOPersistentVolumeSource
          20 local? LocalVolumeSource
          21 storageos? StorageOSPersistentVolumeSource
          22 csi? CSIPersistentVolumeSource

        type VolumeNodeAffinity
          1 required? NodeSelector
        """
}
