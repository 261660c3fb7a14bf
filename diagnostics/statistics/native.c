/* Statistics of float32 numbers, each read once: see native_kernel.py. What is called with objects of Python's needs its lock,
   and so does whatever reserves. */

#include <math.h>
#include <stdint.h>
#include <string.h>

#define LANES 16 /* sums side by side, which compilers make vectors of */
#define BESIDE (4 * LANES) /* sums that still fit into registers */
#define NARROW (4 * BESIDE) /* columns: of more it is quicker to go along the rows, as they lie in memory */
#define BLOCK 4096 /* numbers whose sums are float32: they are good to 1e-6; from block to block they are float64 */
#define TINY 1e-30 /* below this a float32 sum of squares has lost digits */
#define CANCELLED 1e-3 /* below this share of the sum of squares a variance has lost digits */

enum { COUNT, MEAN, M2, MAGNITUDE, MIN, MAX, ZEROS, SATURATED, NON_FINITE, WIDTH };
enum { SUM = MEAN, SQUARES = M2 }; /* of the differences from a shift, until a row is complete */

enum { CPU = 1, FLOAT = 2, DIMS = 8 };

/* A tensor as DLPack describes it (DLTensor of dlpack.h). */
struct tensor {
    char *data;
    int32_t device, number, dims;
    uint8_t code, bits;
    uint16_t lanes;
    int64_t *shape, *strides;
    uint64_t offset;
};

/* Where rows are written, one behind the other: what a call writes has a number before it, which says what it is. */
struct page {
    char *free, *end;
    int64_t lost; /* whether there was a number that is not finite */
    int64_t keys;
    const struct form **forms; /* by key; none where nothing is known */
};

/* What is known of a tensor before it is there. */
struct form {
    int64_t number;
    const void *ask; /* the object that says what is wanted */
    int64_t size; /* of what is written of it, in bytes, without the number */
    int64_t count;
    int64_t rows, columns, units; /* see active(); no rows where units are not followed */
    float low, high;
    int32_t bounded, dims;
    int64_t shape[DIMS], strides[DIMS];
};

/* What is used of Python's C API, which needs no headers for it. */
struct python {
    void *(*PyCapsule_GetPointer)(void *capsule, const char *name);
    intptr_t (*PyList_Size)(void *list);
    void *(*PyList_GetItem)(void *list, intptr_t index);
    void *(*PyLong_AsVoidPtr)(void *number);
    void *(*PyLong_FromVoidPtr)(void *pointer);
};
static struct python python;

void prepare(const struct python *given)
{
    python = *given;
}

/* Instead of a place to write to: a tensor is unlike the one before it; the page is full. */
#define UNLIKE ((double *)0)
#define FULL ((double *)1)

static double *reserve(struct page *page, int64_t number, int64_t size)
{
    int64_t *place = (int64_t *)page->free;
    size += sizeof *place;
    if (page->end - page->free < size)
        return FULL;
    page->free += size;
    *place = number;
    return (double *)(place + 1);
}

/* The tensor in a capsule, if it is of float32 numbers on the CPU. */
static const struct tensor *opened(void *capsule)
{
    const struct tensor *x = python.PyCapsule_GetPointer(capsule, "dltensor");
    int plain = x && x->data && x->device == CPU && x->code == FLOAT && x->bits == 32 && x->lanes == 1;
    return plain && (!x->dims || (x->shape && x->strides)) ? x : 0;
}

static const float *numbers(const struct tensor *x)
{
    return (const float *)(x->data + x->offset);
}

/* Take over the shape of a tensor; whether it can be. */
int32_t learn(struct form *form, void *capsule)
{
    const struct tensor *x = opened(capsule);
    if (!x || x->dims > DIMS)
        return 0;
    form->dims = x->dims;
    memcpy(form->shape, x->shape, x->dims * sizeof *x->shape);
    memcpy(form->strides, x->strides, x->dims * sizeof *x->strides);
    return 1;
}

/* In float64, with a look at each number; only finite ones count. */
static void carefully(const float *x, int64_t n, double shift, double *out)
{
    double count = 0, sum = 0, squares = 0, magnitude = 0, zeros = 0;
    float low = INFINITY, high = -INFINITY;
    for (int64_t i = 0; i < n; i++) {
        if (!isfinite(x[i]))
            continue;
        double apart = x[i] - shift;
        count++;
        sum += apart;
        squares += apart * apart;
        magnitude += fabsf(x[i]);
        zeros += x[i] == 0;
        low = x[i] < low ? x[i] : low;
        high = x[i] > high ? x[i] : high;
    }
    double found[] = {count, sum, squares, magnitude, low, high, zeros, 0, n - count};
    for (int slot = 0; slot <= NON_FINITE; slot++)
        out[slot] = found[slot];
}

/* Add x[n] up, where n is a multiple of LANES and no more than BLOCK. */
static void add(const float *x, int64_t n, float shift, double *out)
{
    float sums[LANES] = {0}, squares[LANES] = {0}, magnitudes[LANES] = {0}, lows[LANES], highs[LANES];
    int32_t zeros[LANES] = {0};
    for (int k = 0; k < LANES; k++) {
        lows[k] = INFINITY;
        highs[k] = -INFINITY;
    }
    for (int64_t i = 0; i < n; i += LANES)
        for (int k = 0; k < LANES; k++) {
            float value = x[i + k], apart = value - shift;
            sums[k] += apart;
            squares[k] += apart * apart;
            magnitudes[k] += fabsf(value);
            lows[k] = value < lows[k] ? value : lows[k];
            highs[k] = value > highs[k] ? value : highs[k];
            zeros[k] += value == 0;
        }
    for (int k = 0; k < LANES; k++) {
        out[SUM] += sums[k];
        out[SQUARES] += squares[k];
        out[MAGNITUDE] += magnitudes[k];
        out[MIN] = lows[k] < out[MIN] ? lows[k] : out[MIN];
        out[MAX] = highs[k] > out[MAX] ? highs[k] : out[MAX];
        out[ZEROS] += zeros[k];
    }
    out[COUNT] += n;
}

/* All slots but SATURATED of x[n], n > 0. The shift is one of the numbers. */
static void measure(const float *x, int64_t n, double *out)
{
    float shift = isfinite(x[0]) ? x[0] : 0;
    int64_t whole = n - n % LANES;
    carefully(x + whole, n - whole, shift, out);
    for (int64_t i = 0; i < whole; i += BLOCK)
        add(x + i, whole - i < BLOCK ? whole - i : BLOCK, shift, out);
    double squares = out[SQUARES], apart = squares - out[SUM] * out[SUM] / n;
    int tiny = squares < TINY && out[MIN] != out[MAX];
    /* no finite sum is left by a number that is not finite, or by one that float32 cannot square or add up */
    int lost = out[NON_FINITE] || !isfinite(squares) || !isfinite(out[MAGNITUDE]);
    if (lost || tiny || apart < CANCELLED * squares)
        carefully(x, n, shift, out);
    if (out[COUNT]) {
        double sum = out[SUM], count = out[COUNT];
        out[MEAN] = shift + sum / count;
        out[M2] = fmax(0, out[SQUARES] - sum * sum / count);
    }
}

/* How many finite numbers of x[n] are at the bounds or beyond. */
static double beyond(const float *x, int64_t n, float low, float high)
{
    int64_t found = 0;
    for (int64_t i = 0; i < n; i++)
        found += ((x[i] <= low) | (x[i] >= high)) & (fabsf(x[i]) < INFINITY);
    return found;
}

/* How many numbers of each of x's columns are not zero, for so many columns of those that it has: few enough for their
   sums to stay in registers. */
static inline void active_columns(const float *x, int64_t rows, int64_t columns, const int width, float *out)
{
    int32_t found[BESIDE] = {0};
    for (int64_t row = 0; row < rows; row++, x += columns)
        for (int k = 0; k < width; k++)
            found[k] += x[k] != 0;
    for (int k = 0; k < width; k++)
        out[k] = found[k];
}

/* How many numbers of each unit are not zero, of x[rows][columns]: a unit is a column, or, with units, row r is of unit
   r modulo units. */
static void active(const float *x, int64_t rows, int64_t columns, int64_t units, float *out)
{
    int64_t done = 0;
    if (!units && columns <= NARROW) {
        for (; columns - done >= BESIDE; done += BESIDE)
            active_columns(x + done, rows, columns, BESIDE, out + done);
        for (; columns - done >= LANES; done += LANES)
            active_columns(x + done, rows, columns, LANES, out + done);
        for (; done < columns; done++)
            active_columns(x + done, rows, columns, 1, out + done);
        return;
    }
    memset(out, 0, (units ? units : columns) * sizeof *out);
    for (int64_t row = 0; row < rows; row++, x += columns) {
        if (units) {
            int32_t found = 0;
            for (int64_t column = 0; column < columns; column++)
                found += x[column] != 0;
            out[row % units] += found;
        } else {
            for (int64_t column = 0; column < columns; column++)
                out[column] += x[column] != 0;
        }
    }
}

/* The row of x, and behind it, where units are followed, how many numbers of each are not zero. */
void take(struct page *page, const struct form *form, const float *x, double *row)
{
    measure(x, form->count, row);
    if (form->bounded)
        row[SATURATED] = beyond(x, form->count, form->low, form->high);
    if (form->rows)
        active(x, form->rows, form->columns, form->units, (float *)(row + WIDTH));
    page->lost |= row[NON_FINITE] > 0;
}

/* As take, of a tensor in a capsule, if it lies in memory as the one did that came with this key and was asked the same.
 */
static double *take_again(struct page *page, int64_t key, const void *ask, void *capsule)
{
    const struct form *form = key < page->keys ? page->forms[key] : 0;
    const struct tensor *x = form && form->ask == ask ? opened(capsule) : 0;
    if (!x || x->dims != form->dims)
        return UNLIKE;
    size_t size = x->dims * sizeof *x->shape;
    if (memcmp(x->shape, form->shape, size) || memcmp(x->strides, form->strides, size))
        return UNLIKE;
    double *row = reserve(page, form->number, form->size);
    if (row != FULL)
        take(page, form, numbers(x), row);
    return row;
}

/* Add row b to row a (Chan, Golub & LeVeque 1979, for mean and M2). */
static void merge(double *a, const double *b)
{
    double count = a[COUNT] + b[COUNT], apart = b[MEAN] - a[MEAN];
    if (!a[COUNT])
        a[MEAN] = b[MEAN];
    else if (b[COUNT])
        a[MEAN] += apart * b[COUNT] / count;
    a[M2] += b[M2] + (a[COUNT] && b[COUNT] ? apart * apart * a[COUNT] * b[COUNT] / count : 0);
    a[COUNT] = count;
    a[MAGNITUDE] += b[MAGNITUDE];
    a[MIN] = fmin(a[MIN], b[MIN]);
    a[MAX] = fmax(a[MAX], b[MAX]);
    a[ZEROS] += b[ZEROS];
    a[NON_FINITE] += b[NON_FINITE];
}

/* Tensors, each of so many numbers, and how many of them, neighbours, are one row; where the numbers lie. */
struct joint {
    int64_t tensors, rows;
    const int64_t *counts, *runs;
    const float **found;
    float *kept; /* as many numbers as all have together */
};

enum use { NONE, KEEP, CHANGE };

/* Whether x has n numbers, one behind the other. */
static int compact(const struct tensor *x, int64_t n)
{
    int64_t apart = 1;
    for (int32_t dim = x->dims - 1; dim >= 0; dim--) {
        if (x->shape[dim] != 1 && x->strides[dim] != apart)
            return 0;
        apart *= x->shape[dim];
    }
    return apart == n;
}

/* Find the tensors in a list of capsules; whether they are those that are expected, so many times. */
int32_t find(const struct joint *joint, void *list, int64_t times)
{
    if (python.PyList_Size(list) != times * joint->tensors)
        return 0;
    for (int64_t i = 0; i < times * joint->tensors; i++) {
        const struct tensor *x = opened(python.PyList_GetItem(list, i));
        if (!x || !compact(x, joint->counts[i % joint->tensors]))
            return 0;
        joint->found[i] = numbers(x);
    }
    return 1;
}

static double *rows_of(const struct joint *joint, const float **found, enum use use, double *row)
{
    double part[WIDTH];
    const int64_t *run = joint->runs;
    float *kept = joint->kept;
    for (int64_t i = 0, done = 0; i < joint->tensors; i++) {
        int64_t n = joint->counts[i];
        const float *x = found[i];
        if (use == KEEP)
            memcpy(kept, x, n * sizeof *kept);
        else if (use == CHANGE)
            for (int64_t k = 0; k < n; k++)
                kept[k] = x[k] - kept[k];
        measure(use == CHANGE ? kept : x, n, done ? part : row);
        if (done)
            merge(row, part);
        if (++done == *run) {
            row += WIDTH;
            run++;
            done = 0;
        }
        kept += n;
    }
    return row;
}

/* The rows of the tensors that were found. With KEEP the last of them are copied to what is kept; with CHANGE it is
   measured by what they differ from the numbers there, which are lost. */
void join(struct page *page, const struct joint *joint, int64_t times, enum use use, double *row)
{
    double *end = row;
    for (int64_t time = 0; time < times; time++)
        end = rows_of(joint, joint->found + time * joint->tensors, time == times - 1 ? use : NONE, end);
    for (; row < end; row += WIDTH)
        page->lost |= row[NON_FINITE] > 0;
}

static double *join_again(
    struct page *page, const struct joint *joint, void *list, int64_t times, enum use use, int64_t number)
{
    if (!find(joint, list, times))
        return UNLIKE;
    double *row = reserve(page, number, times * joint->rows * WIDTH * sizeof *row);
    if (row != FULL)
        join(page, joint, times, use, row);
    return row;
}

/* What follows are functions for Python (METH_FASTCALL), which are called in a tenth of the time that a foreign one
   takes. Their arguments are numbers, but for the capsules, lists and whatever is asked. */

static void *address(void *number)
{
    return python.PyLong_AsVoidPtr(number);
}

static int64_t number(void *given)
{
    return (intptr_t)address(given);
}

/* free_place(page): the address. */
void *free_place(void *module, void *const *given, intptr_t count)
{
    (void)module, (void)count;
    const struct page *page = address(given[0]);
    return python.PyLong_FromVoidPtr(page->free);
}

/* make_room(page, number, size): the address of as much behind the number; or FULL. */
void *make_room(void *module, void *const *given, intptr_t count)
{
    (void)module, (void)count;
    return python.PyLong_FromVoidPtr(reserve(address(given[0]), number(given[1]), number(given[2])));
}

/* again(page, key, ask, capsule): the address of the row; or why there is none. */
void *again(void *module, void *const *given, intptr_t count)
{
    (void)module, (void)count;
    return python.PyLong_FromVoidPtr(take_again(address(given[0]), number(given[1]), given[2], given[3]));
}

/* again_together(page, joint, list, times, use, number): the same. */
void *again_together(void *module, void *const *given, intptr_t count)
{
    (void)module, (void)count;
    return python.PyLong_FromVoidPtr(join_again(
        address(given[0]), address(given[1]), given[2], number(given[3]), number(given[4]), number(given[5])));
}
