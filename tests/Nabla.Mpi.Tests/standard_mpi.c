/* A library with the binary interface of MPI 5 around MPICH's, for tests: no MPI of Debian 12 has that interface yet.
   It takes the handles and constants of the standard only: MPICH's own are errors here. */

#include <stdint.h>
#include <string.h>

/* MPICH's second names of its functions; its handles are ints. */
int PMPI_Init_thread(int *argc, char ***argv, int required, int *provided);
int PMPI_Finalize(void);
int PMPI_Abort(int comm, int code);
int PMPI_Comm_set_errhandler(int comm, int handler);
int PMPI_Comm_rank(int comm, int *rank);
int PMPI_Comm_size(int comm, int *size);
int PMPI_Error_string(int code, char *text, int *length);
int PMPI_Ibcast(void *data, int count, int type, int root, int comm, int *request);
int PMPI_Iallgatherv(const void *own, int count, int type, void *all, const int *counts, const int *offsets, int all_type, int comm, int *request);
int PMPI_Ialltoallv(const void *sent, const int *counts, const int *offsets, int type, void *received, const int *received_counts, const int *received_offsets, int received_type, int comm, int *request);
int PMPI_Ibarrier(int comm, int *request);
int PMPI_Test(int *request, int *flag, int *status);

enum { MPICH_WORLD = 0x44000000, MPICH_BYTE = 0x4c00010d, MPICH_ERRORS_RETURN = 0x54000001, MPICH_REQUEST_NULL = 0x2c000000 };

typedef struct { int source, tag, error, internal[5]; } Status;
typedef struct Handle *Handle;

static const Handle World = (Handle)0x101, ErrorsReturn = (Handle)0x142, RequestNull = (Handle)0x180, Byte = (Handle)0x247;
enum { ERR_TYPE = 3, ERR_COMM = 5, ERR_REQUEST = 7, ERR_ARG = 13 };

int MPI_Abi_get_version(int *major, int *minor) { *major = 1; *minor = 0; return 0; }

int MPI_Get_library_version(char *text, int *length)
{
    strcpy(text, "Standard Shim v1.0.0 of the tests");
    *length = (int)strlen(text);
    return 0;
}

int MPI_Init_thread(int *argc, char ***argv, int required, int *provided)
{
    if (required % 1024 != 0) { return ERR_ARG; }
    int code = PMPI_Init_thread(argc, argv, required == 0 ? 0 : required == 1024 ? 1 : required == 2048 ? 2 : 3, provided);
    *provided = *provided == 3 ? 4096 : *provided * 1024;
    return code;
}

int MPI_Finalize(void) { return PMPI_Finalize(); }

int MPI_Abort(Handle comm, int code) { return PMPI_Abort(comm == World ? MPICH_WORLD : 0, code); }

int MPI_Comm_set_errhandler(Handle comm, Handle handler)
{
    return comm != World ? ERR_COMM : handler != ErrorsReturn ? ERR_ARG : PMPI_Comm_set_errhandler(MPICH_WORLD, MPICH_ERRORS_RETURN);
}

int MPI_Comm_rank(Handle comm, int *rank) { return comm != World ? ERR_COMM : PMPI_Comm_rank(MPICH_WORLD, rank); }

int MPI_Comm_size(Handle comm, int *size) { return comm != World ? ERR_COMM : PMPI_Comm_size(MPICH_WORLD, size); }

int MPI_Error_string(int code, char *text, int *length) { return PMPI_Error_string(code, text, length); }

static int started(int code, const int *mpich, Handle *request)
{
    *request = *mpich == MPICH_REQUEST_NULL ? RequestNull : (Handle)(intptr_t)*mpich;
    return code;
}

int MPI_Ibcast(void *data, int count, Handle type, int root, Handle comm, Handle *request)
{
    int mpich = MPICH_REQUEST_NULL;
    return comm != World ? ERR_COMM : type != Byte ? ERR_TYPE : started(PMPI_Ibcast(data, count, MPICH_BYTE, root, MPICH_WORLD, &mpich), &mpich, request);
}

int MPI_Iallgatherv(const void *own, int count, Handle type, void *all, const int *counts, const int *offsets, Handle all_type, Handle comm, Handle *request)
{
    int mpich = MPICH_REQUEST_NULL;
    const void *from = own == (void *)1 ? (void *)-1 : own;
    return comm != World ? ERR_COMM : type != Byte || all_type != Byte ? ERR_TYPE
        : started(PMPI_Iallgatherv(from, count, MPICH_BYTE, all, counts, offsets, MPICH_BYTE, MPICH_WORLD, &mpich), &mpich, request);
}

int MPI_Ialltoallv(const void *sent, const int *counts, const int *offsets, Handle type, void *received, const int *received_counts, const int *received_offsets, Handle received_type, Handle comm, Handle *request)
{
    int mpich = MPICH_REQUEST_NULL;
    return comm != World ? ERR_COMM : type != Byte || received_type != Byte ? ERR_TYPE
        : started(PMPI_Ialltoallv(sent, counts, offsets, MPICH_BYTE, received, received_counts, received_offsets, MPICH_BYTE, MPICH_WORLD, &mpich), &mpich, request);
}

int MPI_Ibarrier(Handle comm, Handle *request)
{
    int mpich = MPICH_REQUEST_NULL;
    return comm != World ? ERR_COMM : started(PMPI_Ibarrier(MPICH_WORLD, &mpich), &mpich, request);
}

int MPI_Test(Handle *request, int *flag, Status *status)
{
    int mpich = *request == RequestNull ? MPICH_REQUEST_NULL : (int)(intptr_t)*request, mpich_status[5] = { 0 };
    if (*request == 0) { return ERR_REQUEST; }
    int code = PMPI_Test(&mpich, flag, mpich_status);
    /* All of it is written, as a caller that has less memory for it would notice. */
    memset(status, 0, sizeof *status);
    return started(code, &mpich, request);
}
