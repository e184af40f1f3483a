// SPDX-License-Identifier: Apache-2.0

extension TypeNotation {
    /// Types of volumes of pods.
    static let volumes = """
        package core
        enum AzureDataDiskCachingMode None ReadOnly ReadWrite
        enum AzureDataDiskKind Dedicated Managed Shared
        enum HostPathType - BlockDevice CharDevice Directory DirectoryOrCreate File FileOrCreate Socket

        type Volume
          1 name! string
          2 + VolumeSource

        type VolumeSource
          1 hostPath? HostPathVolumeSource
          2 emptyDir? EmptyDirVolumeSource
          3 gcePersistentDisk? GCEPersistentDiskVolumeSource
          4 awsElasticBlockStore? AWSElasticBlockStoreVolumeSource
          5 gitRepo? GitRepoVolumeSource
          6 secret? SecretVolumeSource
          7 nfs? NFSVolumeSource
          8 iscsi? ISCSIVolumeSource
          9 glusterfs? GlusterfsVolumeSource
          10 persistentVolumeClaim? PersistentVolumeClaimVolumeSource
          11 rbd? RBDVolumeSource
          12 flexVolume? FlexVolumeSource
          13 cinder? CinderVolumeSource
          14 cephfs? CephFSVolumeSource
          15 flocker? FlockerVolumeSource
          16 downwardAPI? DownwardAPIVolumeSource
          17 fc? FCVolumeSource
          18 azureFile? AzureFileVolumeSource
          19 configMap? ConfigMapVolumeSource
          20 vsphereVolume? VsphereVirtualDiskVolumeSource
          21 quobyte? QuobyteVolumeSource
          22 azureDisk? AzureDiskVolumeSource
          23 photonPersistentDisk? PhotonPersistentDiskVolumeSource
          26 projected? ProjectedVolumeSource
          24 portworxVolume? PortworxVolumeSource
          25 scaleIO? ScaleIOVolumeSource
          27 storageos? StorageOSVolumeSource
          28 csi? CSIVolumeSource
          29 ephemeral? EphemeralVolumeSource
          30 image? ImageVolumeSource

        type AWSElasticBlockStoreVolumeSource
          1 volumeID! string
          2 fsType string
          3 partition int32
          4 readOnly bool

        type AzureDiskVolumeSource
          1 diskName! string
          2 diskURI! string
          3 cachingMode? AzureDataDiskCachingMode default="ReadWrite"
          4 fsType? string default="ext4"
          5 readOnly? bool default=false
          6 kind? AzureDataDiskKind default="Shared"

        type AzureFileVolumeSource
          1 secretName! string
          2 shareName! string
          3 readOnly bool

        type CSIVolumeSource
          1 driver! string
          2 readOnly? bool
          3 fsType? string
          4 volumeAttributes {string}
          5 nodePublishSecretRef? LocalObjectReference

        type CephFSVolumeSource
          1 monitors! [string] list=atomic
          2 path string
          3 user string
          4 secretFile string
          5 secretRef? LocalObjectReference
          6 readOnly bool

        type CinderVolumeSource
          1 volumeID! string
          2 fsType string
          3 readOnly bool
          4 secretRef? LocalObjectReference

        type ClusterTrustBundleProjection
          1 name? string
          2 signerName? string
          3 labelSelector? meta.LabelSelector
          5 optional? bool
          4 path! string

        type ConfigMapProjection
          1 + LocalObjectReference
          2 items [KeyToPath] list=atomic
          4 optional? bool

        type ConfigMapVolumeSource
          1 + LocalObjectReference
          2 items [KeyToPath] list=atomic
          3 defaultMode? int32
          4 optional? bool

        type DownwardAPIProjection
          1 items [DownwardAPIVolumeFile] list=atomic

        type DownwardAPIVolumeFile
          1 path! string
          2 fieldRef? ObjectFieldSelector
          3 resourceFieldRef? ResourceFieldSelector
          4 mode? int32

        type DownwardAPIVolumeSource
          1 items [DownwardAPIVolumeFile] list=atomic
          2 defaultMode? int32

        type EmptyDirVolumeSource
          1 medium string
          2 sizeLimit? quantity

        type EphemeralVolumeSource
          1 volumeClaimTemplate? PersistentVolumeClaimTemplate

        type FCVolumeSource
          1 targetWWNs [string] list=atomic
          2 lun? int32
          3 fsType string
          4 readOnly bool
          5 wwids [string] list=atomic

        type FlexVolumeSource
          1 driver! string
          2 fsType string
          3 secretRef? LocalObjectReference
          4 readOnly bool
          5 options {string}

        type FlockerVolumeSource
          1 datasetName string
          2 datasetUUID string

        type GitRepoVolumeSource
          1 repository! string
          2 revision string
          3 directory string

        type GlusterfsVolumeSource
          1 endpoints! string
          2 path! string
          3 readOnly bool

        type HostPathVolumeSource
          1 path! string
          2 type? HostPathType

        type ISCSIVolumeSource
          1 targetPortal! string
          2 iqn! string
          3 lun! int32
          4 iscsiInterface string default="default"
          5 fsType string
          6 readOnly bool
          7 portals [string] list=atomic
          8 chapAuthDiscovery bool
          11 chapAuthSession bool
          10 secretRef? LocalObjectReference
          12 initiatorName? string

        type ImageVolumeSource
          1 reference string
          2 pullPolicy PullPolicy

        type KeyToPath
          1 key! string
          2 path! string
          3 mode? int32

        type LocalVolumeSource
          1 path! string
          2 fsType? string

        type NFSVolumeSource
          1 server! string
          2 path! string
          3 readOnly bool

        type PortworxVolumeSource
          1 volumeID! string
          2 fsType string
          3 readOnly bool

        type ProjectedVolumeSource
          1 sources= [VolumeProjection] list=atomic
          2 defaultMode? int32

        type QuobyteVolumeSource
          1 registry! string
          2 volume! string
          3 readOnly bool
          4 user string
          5 group string
          6 tenant string

        type RBDVolumeSource
          1 monitors! [string] list=atomic
          2 image! string
          3 fsType string
          4 pool string default="rbd"
          5 user string default="admin"
          6 keyring string default="/etc/ceph/keyring"
          7 secretRef? LocalObjectReference
          8 readOnly bool

        type ScaleIOVolumeSource
          1 gateway! string
          2 system! string
          3 secretRef! LocalObjectReference
          4 sslEnabled bool
          5 protectionDomain string
          6 storagePool string
          7 storageMode string default="ThinProvisioned"
          8 volumeName string
          9 fsType string default="xfs"
          10 readOnly bool

        type SecretProjection
          1 + LocalObjectReference
          2 items [KeyToPath] list=atomic
          4 optional? bool

        type SecretVolumeSource
          1 secretName string
          2 items [KeyToPath] list=atomic
          3 defaultMode? int32
          4 optional? bool

        type ServiceAccountTokenProjection
          1 audience string
          2 expirationSeconds? int64
          3 path! string

        type StorageOSVolumeSource
          1 volumeName string
          2 volumeNamespace string
          3 fsType string
          4 readOnly bool
          5 secretRef? LocalObjectReference

        type VolumeProjection
          1 secret? SecretProjection
          2 downwardAPI? DownwardAPIProjection
          3 configMap? ConfigMapProjection
          4 serviceAccountToken? ServiceAccountTokenProjection
          5 clusterTrustBundle? ClusterTrustBundleProjection

        type VsphereVirtualDiskVolumeSource
          1 volumePath! string
          2 fsType string
          3 storagePolicyName string
          4 storagePolicyID string

        type PersistentVolumeClaimVolumeSource
          1 claimName! string
          2 readOnly bool
        """
}
